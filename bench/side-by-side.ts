export type Comparison = { readonly medianMs: number; readonly referenceMedianMs: number };

const warmUpRuns = 4;

/** Median times of a subject and a reference that take turns, so that what else the machine does falls on both. */
export function sideBySide(subject: () => unknown, reference: () => unknown, runs: number): Comparison {
  const subjectMs: number[] = [];
  const referenceMs: number[] = [];
  for (let run = 0; run < warmUpRuns + runs; run++) {
    const times = [elapsedMs(subject), elapsedMs(reference)];
    if (run < warmUpRuns) continue;
    subjectMs.push(times[0]);
    referenceMs.push(times[1]);
  }
  return { medianMs: median(subjectMs), referenceMedianMs: median(referenceMs) };
}

function elapsedMs(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
