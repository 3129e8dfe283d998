export type Times = { readonly medianMs: number; readonly bestMs: number };
export type Comparison = { readonly subject: Times; readonly reference: Times };

const warmUpRuns = 4;

/**
 * Times of a subject and a reference that take turns, so that what else the machine does falls on both. On a busy machine the best times say more than
 * the medians.
 */
export function sideBySide(subject: () => unknown, reference: () => unknown, runs: number): Comparison {
  const subjectMs: number[] = [];
  const referenceMs: number[] = [];
  for (let run = 0; run < warmUpRuns + runs; run++) {
    const times = [elapsedMs(subject), elapsedMs(reference)];
    if (run < warmUpRuns) continue;
    subjectMs.push(times[0]);
    referenceMs.push(times[1]);
  }
  return { subject: timesOf(subjectMs), reference: timesOf(referenceMs) };
}

/** The figures of a comparison with the hand-written loop; `units` is what both went through: bars, or bars of all lanes. */
export function besideRawLoop(units: number, { subject, reference }: Comparison) {
  return {
    engineMs: subject.medianMs,
    rawLoopMs: reference.medianMs,
    engineMillionsPerSecond: units / subject.medianMs / 1000,
    rawLoopMillionsPerSecond: units / reference.medianMs / 1000,
    engineToRawLoop: reference.medianMs / subject.medianMs,
    engineBestMs: subject.bestMs,
    rawLoopBestMs: reference.bestMs,
    engineToRawLoopBest: reference.bestMs / subject.bestMs,
  };
}

function elapsedMs(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function timesOf(runsMs: readonly number[]): Times {
  const sorted = runsMs.toSorted((a, b) => a - b);
  return { medianMs: sorted[sorted.length >> 1], bestMs: sorted[0] };
}
