/**
 * Begins the works in their order, at most `limit()` at a time, and waits for all of them. Begins no more once
 * `isStopped()`. A work must not reject. `changed` resolves when the limit may have become another.
 */
export async function runConcurrently(
  works: readonly (() => Promise<void>)[],
  {
    limit,
    isStopped,
    changed,
  }: {
    readonly limit: () => number;
    readonly isStopped: () => boolean;
    readonly changed: () => Promise<void>;
  },
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (const work of works) {
    while (running.size >= limit() && !isStopped()) await Promise.race([...running, changed()]);
    if (isStopped()) break;
    const begun = work().finally(() => running.delete(begun));
    running.add(begun);
  }
  await Promise.all(running);
}
