import type { ReturnMark } from "../engine/return-marks.ts";
import { ReturnPeriods } from "../engine/return-periods.ts";
import type { Timeframe } from "../engine/timeframe.ts";
import { adaptiveSentence } from "./adaptive-trials.ts";
import { type OverfittingFigures, overfittingFigures } from "./overfitting-figures.ts";
import { blocksFor } from "./overfitting-probability.ts";
import { overfittingSentences } from "./overfitting-sentences.ts";
import { joinedSums, type ReturnSums, sumsBetween, trackRecordOf, trackRecordOfMarks } from "./return-moments.ts";
import { type SuperiorAbility, superiorAbility } from "./superior-ability.ts";
import type { SweepOverfitting } from "./sweep-result.ts";
import type { WindowLane } from "./window-lanes.ts";
import type { BarRange } from "./windows.ts";

/** Draws of the bootstrap behind the reality check. */
const resamples = 1_000;

/** A window with all its lanes, of which one was chosen. */
export type JudgedWindow = {
  readonly inSample: readonly BarRange[];
  readonly lanes: readonly WindowLane[];
  /** The best lane's number; undefined when none could be chosen. */
  readonly best: number | undefined;
  readonly seed: number;
  readonly periodsPerYear: number;
};

/** The figures of one window, all in-sample; null when no lane kept what they need. */
export function windowOverfitting(window: JudgedWindow): OverfittingFigures | null {
  const { lanes, seed, periodsPerYear } = window;
  const sums = blockSums(lanes, window.inSample);
  if (sums.length === 0) return null;
  const best = lanes.find(({ lane }) => lane === window.best);
  const record =
    best === undefined ? null : trackRecordOfMarks(marksOf(best).map((marks) => marks.at(-1) ?? nothingYet));
  return overfittingFigures({ sums, best: record, ability: abilityOf(sums, seed), periodsPerYear });
}

/**
 * The tests for data snooping over all lanes without their curves: a value is a lane's return over a block. A block is longer than what its returns remember of each
 * other, so that blocks are drawn one by one; sixteen of them say too little of a lane's deviation, which follows from its single periods.
 */
function abilityOf(sums: readonly (readonly ReturnSums[])[], seed: number): SuperiorAbility | null {
  const deviations = sums.map((blocks) => {
    const { count, sum, sumOfSquares } = joinedSums(blocks);
    const variance = (sumOfSquares - (sum * sum) / count) / (count - 1);
    return Math.sqrt(Math.max(0, (variance * count) / blocks.length));
  });
  const returns = sums.map((blocks) => Float64Array.from(blocks, ({ sum }) => sum));
  return superiorAbility(returns, { resamples, seed, meanBlock: 1, deviations });
}

/** The returns of every lane that failed nowhere, in an even number of blocks of about equal length, in the order of time. */
export function blockSums(lanes: readonly WindowLane[], inSample: readonly BarRange[]): ReturnSums[][] {
  const most = blocksFor(lanes.length);
  return lanes.flatMap((lane) => {
    const ranges = marksOf(lane).map(sumsOfMarks);
    const [first] = ranges;
    if (first === undefined) return [];
    return [ranges.length === 1 ? merged(first, most) : merged(sixteenths(ranges, inSample), most)];
  });
}

/** A lane's marks in each range; none when it failed in one, or kept none. */
function marksOf({ ranges }: WindowLane): (readonly ReturnMark[])[] {
  const marks = ranges.flatMap((range) =>
    "result" in range && range.result.returnMarks !== undefined ? [range.result.returnMarks] : [],
  );
  return marks.length === ranges.length ? marks : [];
}

const nothingYet: ReturnMark = { periods: 0, returnMean: 0, returnDeviations: 0 };

function sumsOfMarks(marks: readonly ReturnMark[]): ReturnSums[] {
  return marks.map((mark, block) => sumsBetween(marks[block - 1] ?? nothingYet, mark));
}

const mostBlocks = 16;

/** The pieces of several ranges, each in the sixteenth of all bars in which its middle lies: a piece is never longer than one, so that none is empty. */
function sixteenths(ranges: readonly (readonly ReturnSums[])[], inSample: readonly BarRange[]): ReturnSums[] {
  const lengths = inSample.map(({ startBar, endBar }) => endBar - startBar);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const blocks = Array.from({ length: mostBlocks }, (): ReturnSums[] => []);
  let before = 0;
  for (const [range, pieces] of ranges.entries()) {
    const length = lengths[range] ?? 0;
    for (const [i, piece] of pieces.entries())
      blocks[Math.floor((mostBlocks * (before + ((i + 0.5) * length) / pieces.length)) / total)]?.push(piece);
    before += length;
  }
  return blocks.map(joinedSums);
}

/** Neighbours joined, two and two, until there are no more than `most`. */
function merged(sums: ReturnSums[], most: number): ReturnSums[] {
  if (sums.length <= most || sums.length % 2 !== 0) return sums;
  const halved = Array.from({ length: sums.length / 2 }, (_, i) => joinedSums(sums.slice(2 * i, 2 * i + 2)));
  return merged(halved, most);
}

/** The returns of an equity curve by the metrics' periods, as long as it is above 0: returns have no meaning from there on. */
export function periodReturns(openTimeMs: Float64Array, equity: Float64Array, timeframe: Timeframe): Float64Array {
  const values = periodEnds(openTimeMs, timeframe).map((end) => equity[end] as number);
  const ruin = values.findIndex((value) => value <= 0);
  const sound = ruin < 0 ? values : values.slice(0, ruin);
  return Float64Array.from(sound.slice(1), (value, i) => value / (sound[i] as number) - 1);
}

/** The position of the last bar of each of the metrics' periods. */
export function periodEnds(openTimeMs: Float64Array, timeframe: Timeframe): number[] {
  const starts = new ReturnPeriods(timeframe).advance(openTimeMs);
  return [...Array.from(starts.subarray(1), (start) => start - 1), openTimeMs.length - 1];
}

/** What the sweep as a whole is judged by. */
export type JudgedSweep = {
  /** The figures of each window with lanes to compare. */
  readonly windows: readonly OverfittingFigures[];
  /** The blocks of the newest window, whose lanes are the trials. */
  readonly sums: readonly (readonly ReturnSums[])[];
  /** Returns of the record out of sample; undefined where there is not one record. */
  readonly returns: Float64Array | undefined;
  /** The figures of a sweep without windows, of which there is nothing out of sample. */
  readonly inSample: OverfittingFigures | undefined;
  /** Whether an optimiser chose the trials by one another. */
  readonly trials: "chosen by results" | "chosen before";
  readonly seed: number;
  readonly periodsPerYear: number;
};

/** The figures of a whole sweep. */
export function sweepOverfitting(judged: JudgedSweep): SweepOverfitting {
  const { windows, sums, returns, inSample, seed, periodsPerYear } = judged;
  const best = returns === undefined ? null : trackRecordOf(returns);
  const ability = returns === undefined ? null : superiorAbility([returns], { resamples, seed });
  const figures = inSample ?? overfittingFigures({ sums, best, ability, periodsPerYear });
  const all = windows.flatMap(({ cscv }) => (cscv === null ? [] : [cscv]));
  const [one] = all;
  const mean = (read: (cscv: (typeof all)[number]) => number) =>
    all.reduce((sum, cscv) => sum + read(cscv), 0) / all.length;
  const cscv =
    one === undefined
      ? null
      : {
          ...one,
          pbo: mean(({ pbo }) => pbo),
          probabilityOfLoss: mean(({ probabilityOfLoss }) => probabilityOfLoss),
          degradation: all.length === 1 ? one.degradation : null,
          splits: all.reduce((sum, { splits }) => sum + splits, 0),
        };
  const whole = { ...figures, cscv, pbo: cscv?.pbo ?? null };
  const subject = inSample === undefined ? "the record out of sample" : "the winner";
  const adaptive = judged.trials === "chosen before" ? undefined : adaptiveSentence(whole, periodsPerYear);
  return {
    ...whole,
    sentences: [...overfittingSentences(whole, subject), ...(adaptive === undefined ? [] : [adaptive])],
  };
}
