import { InputError } from "../engine/input-error.ts";
import type { RunStores } from "./opened-run.ts";
import type { RunRecord } from "./run-store.ts";
import type { StopRequest } from "./segment.ts";

/** Writes down that an attempt stopped at this bar, by a cancel or an interrupt: the run is cancelled and can be resumed. */
export async function recordStop(
  run: RunRecord,
  by: StopRequest,
  bar: number,
  atMs: number,
  stores: RunStores,
): Promise<void> {
  const { runId, attempt } = run;
  const message = by === "cancel" ? "cancelled by request" : "interrupted (Ctrl-C or SIGTERM)";
  const reason = { name: by === "cancel" ? "Cancelled" : "Interrupted", message };
  await stores.runs.setStatus({
    runId,
    attempt,
    from: ["running", "resuming", "cancelling"],
    to: "cancelled",
    reason,
    atMs,
  });
  await stores.runs.appendEvent({
    runId,
    atMs,
    attempt,
    kind: by === "cancel" ? "cancelled" : "interrupted",
    barIndex: bar,
  });
}

/** Writes down why an attempt failed. When even that cannot be written, the first error is the one that counts, with the second as a note. */
export async function recordFailure(run: RunRecord, error: unknown, atMs: number, stores: RunStores): Promise<void> {
  const { runId, attempt } = run;
  const reason =
    error instanceof Error ? { name: error.name, message: error.message } : { name: "Error", message: String(error) };
  try {
    await stores.runs.setStatus({
      runId,
      attempt,
      from: ["running", "resuming", "cancelling"],
      to: "failed",
      reason,
      atMs,
    });
    const head = await stores.runs.getRun(runId);
    await stores.runs.appendEvent({
      runId,
      atMs,
      attempt,
      kind: "failed",
      barIndex: head?.headBar ?? run.headBar,
      message: `${reason.name}: ${reason.message}`,
    });
  } catch (second) {
    if (error instanceof Error && !(error instanceof InputError)) {
      error.message += ` (The failure could not be recorded either: ${second instanceof Error ? second.message : String(second)})`;
    }
  }
}
