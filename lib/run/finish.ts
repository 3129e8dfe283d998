import { engineVersion } from "../engine/engine-version.ts";
import type { RunStores } from "./opened-run.ts";
import { encodeParts } from "./parts.ts";
import { conclude, newDigests, type RunResult, resultFormat } from "./result.ts";
import { digestStoredParts, partsOf } from "./run-facts.ts";
import type { RunWork } from "./segment.ts";

/**
 * Ends a run whose bars are all done: reads its facts back once for their digest, closes what the spec closes, stores the result and marks the run
 * completed. Returns undefined when another attempt owns the run. The head checkpoint stays the state before the close, so that the run can be extended.
 */
export async function finishRun(work: RunWork, stores: RunStores, nowMs: () => number): Promise<RunResult | undefined> {
  const { run, spec, snapshot } = work.opened;
  const digests = newDigests(work.simulation.lanes.length);
  const segments = await stores.runs.listSegments(run.runId);
  await digestStoredParts(digests, partsOf(segments), stores.objects);
  const firstBar = await snapshot.read(run.startBar, run.startBar + 1);
  const lastBar = await snapshot.read(run.endBar - 1, run.endBar);
  const { lanes, closing, resultDigest } = conclude(work.simulation, lastBar, spec, digests);
  const closingParts = await Promise.all(
    encodeParts(closing).map(async ({ kind, rows, bytes }) => ({
      kind,
      rows,
      sizeBytes: bytes.length,
      hash: await stores.objects.put("parts", bytes),
    })),
  );
  const result: RunResult = {
    format: resultFormat,
    engineVersion,
    specDigest: run.specDigest,
    snapshotId: run.snapshotId,
    resultDigest,
    startBar: run.startBar,
    endBar: run.endBar,
    firstTimeMs: firstBar.openTimeMs[0] as number,
    lastTimeMs: lastBar.openTimeMs[0] as number,
    equityEvery: spec.record.equityEvery,
    lanes,
    closingParts,
  };
  const resultHash = await stores.objects.put("results", Buffer.from(JSON.stringify(result)));
  const isOurs = await stores.runs.complete({
    runId: run.runId,
    attempt: work.attempt,
    headSequence: work.sequence,
    resultHash,
    resultDigest,
    atMs: nowMs(),
  });
  return isOurs ? result : undefined;
}

/** A result that is not what its run says. */
export class ResultDamagedError extends Error {
  override readonly name = "ResultDamagedError";
}

/** The stored result of a completed run; undefined when it is not completed. */
export async function loadResult(
  run: { readonly runId: string; readonly resultHash?: string },
  stores: RunStores,
): Promise<RunResult | undefined> {
  if (run.resultHash === undefined) return undefined;
  const result = JSON.parse(Buffer.from(await stores.objects.get("results", run.resultHash)).toString()) as RunResult;
  if (result.format === resultFormat) return result;
  throw new ResultDamagedError(
    `The result of run "${run.runId}" has format ${result.format}, expected ${resultFormat}: update backstitch, or run the spec again.`,
  );
}
