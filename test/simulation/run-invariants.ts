import { expect } from "vitest";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { storedRun } from "./run-lives.ts";

/** The ids of a run's states by bar, as far as checkpoints were seen. */
export type SeenIds = Map<number, string>;

/** What holds for a stored run whatever happened to its workers: an unbroken chain of segments up to a head that is there, and one state a bar. */
export async function expectSoundRun(runId: string, seen: SeenIds, stores: RunStores): Promise<void> {
  const run = await storedRun(runId, stores);
  const segments = await stores.runs.listSegments(runId);
  expect(segments.map(({ sequence }) => sequence)).toEqual(segments.map((_, index) => index + 1));
  expect(segments).toHaveLength(run.headSequence);
  expect([run.startBar, ...segments.map(({ endBar }) => endBar)]).toEqual([
    ...segments.map(({ startBar }) => startBar),
    run.headBar,
  ]);
  for (const { parts } of segments)
    for (const { hash } of parts) expect(await stores.objects.has("parts", hash)).toBe(true);

  const checkpoints = await stores.runs.listCheckpoints(runId);
  for (const { barIndex, checkpointId } of checkpoints) {
    expect(seen.get(barIndex) ?? checkpointId).toBe(checkpointId);
    seen.set(barIndex, checkpointId);
  }
  for (const [index, { sequence, parentId }] of checkpoints.entries()) {
    const before = checkpoints[index - 1];
    if (before?.sequence === sequence - 1) expect(parentId).toBe(before.checkpointId);
  }
  if (run.headSequence > 0)
    expect(checkpoints.at(-1)).toMatchObject({
      sequence: run.headSequence,
      checkpointId: run.headCheckpointId,
      barIndex: run.headBar,
    });
}

/** The run keeps its newest `keep` checkpoints and no others. */
export async function expectKept(runId: string, keep: number, stores: RunStores): Promise<void> {
  const { headSequence } = await storedRun(runId, stores);
  const expected = Array.from({ length: Math.min(keep, headSequence) }, (_, index) => headSequence - index).reverse();
  expect((await stores.runs.listCheckpoints(runId)).map(({ sequence }) => sequence)).toEqual(expected);
}
