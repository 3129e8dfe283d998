import type { OverfittingFigures } from "./overfitting-figures.ts";

/** Each figure in a sentence that needs no statistics to be understood; figures that are null are left out. */
export function overfittingSentences(figures: OverfittingFigures): string[] {
  return [pbo(figures), deflated(figures), trackRecord(figures), backtestLength(figures), snooping(figures)].filter(
    (sentence) => sentence !== undefined,
  );
}

function pbo({ cscv }: OverfittingFigures): string | undefined {
  if (cscv === null) return undefined;
  const verdict =
    cscv.pbo < 0.2
      ? "The choice carries over to bars that it has not seen."
      : cscv.pbo < 0.5
        ? "The choice helps, but not reliably."
        : "Choosing the best was no better than choosing at random.";
  return `In ${percent(cscv.pbo)} of ${cscv.splits} ways to split the bars into halves, the parameters that were best in one half were in the worse half of all ${cscv.lanes} in the other (probability of backtest overfitting). ${verdict}`;
}

function deflated({ deflatedSharpe, trials, expectedMaximumSharpe }: OverfittingFigures): string | undefined {
  if (deflatedSharpe === null || trials === null || expectedMaximumSharpe === null) return undefined;
  return `The ${trials.lanes} parameter sets are worth about ${trials.count.toFixed(1)} independent trials, whose best would show a Sharpe ratio of ${expectedMaximumSharpe.toFixed(2)} by luck alone; the probability that the winner's true one is higher is ${percent(deflatedSharpe)} (deflated Sharpe ratio; 95 % is the usual bar).`;
}

function trackRecord({ minimumTrackRecordPeriods, periods }: OverfittingFigures): string | undefined {
  if (periods === null) return undefined;
  if (minimumTrackRecordPeriods === null)
    return "The winner's Sharpe ratio is not above 0, so that no track record of any length would show skill.";
  const enough = periods >= minimumTrackRecordPeriods ? "there are enough" : "there are too few";
  return `It takes ${Math.ceil(minimumTrackRecordPeriods)} periods to be 95 % sure that a Sharpe ratio like the winner's is above 0; with ${periods} ${enough} (minimum track record length, before the number of trials is counted).`;
}

function backtestLength({ minimumBacktestYears, years, trials }: OverfittingFigures): string | undefined {
  if (minimumBacktestYears === null || years === null || trials === null) return undefined;
  const verdict = years > minimumBacktestYears ? "The backtest is longer" : "The backtest is not longer";
  return `With so many trials, a Sharpe ratio like the winner's is expected by luck in a backtest of ${minimumBacktestYears.toFixed(1)} years or less. ${verdict}: it has ${years.toFixed(1)} (minimum backtest length).`;
}

function snooping({ spa, realityCheck }: OverfittingFigures): string | undefined {
  if (spa === null || realityCheck === null) return undefined;
  return `If no parameter set had an edge, the best of them would do this well in ${percent(spa)} of resampled histories (Hansen's test; White's reality check: ${percent(realityCheck)}). Below 5 % is usually taken as evidence.`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
