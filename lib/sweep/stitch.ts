import type { LaneScore } from "./selection.ts";

/** What the winner of one window did out of sample: its equity after each bar, beginning with its cash, and its trades. */
export type WindowTrack<Trade> = {
  readonly window: number;
  readonly startBar: number;
  readonly cash: number;
  readonly equity: ArrayLike<number>;
  /** The last point as its close marked it, before what was filled or forced to close there. */
  readonly lastMark: number;
  /** Whether it goes on with the account of the one before. */
  readonly inherits: boolean;
  readonly trades: readonly Trade[];
};

/** One honest track record: the out-of-sample stretches joined in order. */
export type StitchedTrack<Trade> = {
  readonly startCash: number;
  readonly points: readonly { readonly bar: number; readonly window: number; readonly equity: number }[];
  readonly trades: readonly (Trade & { readonly window: number })[];
};

/**
 * Joins the windows' tracks. Chained: each window was run with the equity that the one before it ended with, so that its points are joined as they are; a window
 * whose cash is another is refused (RangeError). Reset: each was run with the same cash; its gains in money are added up, so that no window weighs
 * more than another. Where the next window goes on with the account, what was filled at the last close shows from the next bar on, as within a run.
 */
export function stitchTracks<Trade extends object>(
  tracks: readonly WindowTrack<Trade>[],
  capital: "chained" | "reset",
): StitchedTrack<Trade> {
  const startCash = tracks[0]?.cash ?? 0;
  let carried = startCash;
  const points: { bar: number; window: number; equity: number }[] = [];
  for (const [k, { window, startBar, cash, equity, lastMark }] of tracks.entries()) {
    if (capital === "chained" && cash !== carried) {
      throw new RangeError(
        `Window ${window} began with ${cash}, expected ${carried}, which the one before it ended with.`,
      );
    }
    const offset = capital === "chained" ? 0 : carried - cash;
    for (let i = 0; i < equity.length; i++) {
      points.push({ bar: startBar + i, window, equity: offset + (equity[i] as number) });
    }
    const last = points.at(-1);
    carried = last?.equity ?? carried;
    if (last !== undefined && tracks[k + 1]?.inherits) last.equity = lastMark;
  }
  return {
    startCash,
    points,
    trades: tracks.flatMap(({ window, trades }) => trades.map((trade) => ({ ...trade, window }))),
  };
}

/** The lanes' scores of a window, joined from the items that computed them, in the order of the space. Throws RangeError when one is missing or twice. */
export function joinScores(pieces: readonly (readonly LaneScore[])[], laneCount: number): LaneScore[] {
  const joined: (LaneScore | undefined)[] = Array.from({ length: laneCount });
  for (const score of pieces.flat()) {
    if (score.lane < 0 || score.lane >= laneCount || joined[score.lane] !== undefined) {
      throw new RangeError(`Lane ${score.lane} of ${laneCount} came twice or is not one of them.`);
    }
    joined[score.lane] = score;
  }
  return joined.map((score, lane) => {
    if (score === undefined) throw new RangeError(`Lane ${lane} of ${laneCount} is missing.`);
    return score;
  });
}
