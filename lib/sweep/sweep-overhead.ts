/** What a sweep is made of, besides its bars. */
export type SweepParts = {
  readonly items: number;
  readonly winners: number;
  /** With chained capital each winner waits for the one before it. */
  readonly winnersWait: boolean;
  /** Lanes times in-sample ranges: the rows of the table. */
  readonly rows: number;
  readonly workers: number;
};

/** Seconds on a laptop, from measurements (docs/PERFORMANCE.md, "Sweeps"): to begin at all, of each run, and of each row of the table with its share of the figures. */
const measured = { start: 1, item: 0.015, winner: 0.03, row: 0.0005 };

/** About how many seconds a sweep on one's own machine takes besides folding bars. */
export function sweepOverheadSeconds({ items, winners, winnersWait, rows, workers }: SweepParts): number {
  const ofWinners = (winners * measured.winner) / (winnersWait ? 1 : workers);
  return measured.start + (items * measured.item) / workers + ofWinners + rows * measured.row;
}
