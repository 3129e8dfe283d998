import { type RunSweepOptions, runSweep, type SweepEnd } from "../../lib/local/run-sweep.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";

/** Where sweeps of a test lie. */
export type Place = { readonly home: string; readonly stores: Stores };

/** Creates a sweep, or finds that of the same spec, and computes it in worker threads: two, unless `changes` say otherwise. */
export async function attemptSweep(
  input: SweepSpecInput,
  { home, stores }: Place,
  changes: Partial<RunSweepOptions> = {},
): Promise<SweepEnd> {
  const { sweep } = await createSweep(parseSweepSpec(input, "The spec"), 1_000, stores);
  return runSweep({
    sweepId: sweep.sweepId,
    home,
    stores,
    workers: 2,
    laneBarsPerSecond: 1_000_000,
    onProgress: () => undefined,
    stop: new AbortController().signal,
    ...changes,
  });
}

/** The result of a sweep that is expected to complete. */
export async function completedSweep(
  input: SweepSpecInput,
  place: Place,
  changes: Partial<RunSweepOptions> = {},
): Promise<SweepResult> {
  const end = await attemptSweep(input, place, changes);
  if (end.kind !== "completed") throw new Error(`The sweep is ${end.kind}.`);
  return end.result;
}
