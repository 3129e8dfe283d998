import type { OverfittingFigures } from "./overfitting-figures.ts";

/** Whose Sharpe ratio the figures judge: that of the lane that was chosen, or of what the choices did out of sample. */
export type Subject = "the winner" | "the record out of sample";

/** Each figure in a sentence that needs no statistics to be understood; figures that are null are left out. */
export function overfittingSentences(figures: OverfittingFigures, subject: Subject): string[] {
  return [
    pbo(figures),
    deflated(figures, subject),
    trackRecord(figures, subject),
    backtestLength(figures, subject),
    snooping(figures),
  ].filter((sentence) => sentence !== undefined);
}

function pbo({ cscv }: OverfittingFigures): string | undefined {
  if (cscv === null) return undefined;
  const verdict =
    cscv.pbo < 0.2
      ? "The choice carries over to bars that it has not seen."
      : cscv.pbo < 0.5
        ? "The choice helps, but not reliably."
        : "Choosing the best was no better than choosing at random.";
  return `In ${shareOf(cscv.pbo, cscv.splits)} ways to split the bars into halves, the parameters that were best in one half were in the worse half of all ${count(cscv.lanes)} in the other (probability of backtest overfitting). ${verdict}`;
}

function deflated(figures: OverfittingFigures, subject: Subject): string | undefined {
  const { deflatedSharpe, trials, expectedMaximumSharpe } = figures;
  if (deflatedSharpe === null || trials === null || expectedMaximumSharpe === null) return undefined;
  if (trials.moving < 2)
    return `Of the parameter sets no two traded, so that there was nothing to choose from: the probability that the true Sharpe ratio of ${subject} is above 0 is ${percent(deflatedSharpe)} (probabilistic Sharpe ratio; 95% is the usual bar).`;
  return `The ${count(trials.lanes)} parameter sets are worth about ${count(trials.count, 1)} independent trials, whose best would show a Sharpe ratio of ${expectedMaximumSharpe.toFixed(2)} by luck alone; the probability that ${subject} truly has a higher one is ${percent(deflatedSharpe)} (deflated Sharpe ratio; 95% is the usual bar).`;
}

function trackRecord(figures: OverfittingFigures, subject: Subject): string | undefined {
  const { minimumTrackRecordPeriods: least, periods, years } = figures;
  if (periods === null || years === null) return undefined;
  if (least === null)
    return `The Sharpe ratio of ${subject} is not above 0, so that no track record of any length would show skill.`;
  const enough = periods >= least ? "enough" : "too few";
  return `It takes ${count(Math.ceil(least))} returns (${count((least / periods) * years, 1)} years) to be 95% sure that a Sharpe ratio like that of ${subject} is above 0; there are ${count(periods)} (${count(years, 1)} years), which is ${enough} (minimum track record length, before the number of trials is counted).`;
}

function backtestLength(figures: OverfittingFigures, subject: Subject): string | undefined {
  const { minimumBacktestYears: least, years, trials } = figures;
  if (least === null || years === null || trials === null || trials.moving < 2) return undefined;
  const verdict = years > least ? "This one is longer" : "This one is not longer";
  return `The best of so many trials would show a Sharpe ratio like that of ${subject} by luck alone in a backtest of ${count(least, 1)} years or less. ${verdict}: it has ${count(years, 1)} years (minimum backtest length).`;
}

function snooping({ ability }: OverfittingFigures): string | undefined {
  if (ability === null) return undefined;
  const { spa, realityCheck, lanes, resamples } = ability;
  const usual = "Below 5% is usually taken as evidence of an edge.";
  if (lanes === 1)
    return `Without any edge, a record like this one would end as well in ${shareOf(realityCheck, resamples)} histories resampled from its own returns (stationary bootstrap). ${usual}`;
  return `If none of the ${count(lanes)} parameter sets that traded had an edge, the best of them would do this well in ${shareOf(spa, resamples)} resampled histories (Hansen's test; White's reality check: ${percent(realityCheck)}). ${usual}`;
}

/** "31.2% of 12,870", and "none of 1,000" where it is none. */
function shareOf(fraction: number, all: number): string {
  return `${fraction === 0 ? "none" : fraction === 1 ? "all" : percent(fraction)} of ${count(all)}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}%`;
}

/** A number with separators; the same in every place, for sentences are stored. */
function count(value: number, digits = 0): string {
  const [whole = "", rest] = value.toFixed(digits).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest === undefined ? "" : `.${rest}`);
}
