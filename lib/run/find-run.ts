import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";
import { allRuns } from "./retention.ts";
import type { RunRecord, RunStore } from "./run-store.ts";

/** No run, or more than one, goes by what the person gave. */
export class UnknownRunError extends InputError {
  override readonly name = "UnknownRunError";
}

/** The run with this id, the only one whose id begins so, or the newest for "latest". Throws UnknownRunError with a near id. */
export async function findRun(reference: string, runs: RunStore): Promise<RunRecord> {
  const exact = await runs.getRun(reference);
  if (exact !== undefined) return exact;
  const known: RunRecord[] = [];
  for await (const run of allRuns(runs)) {
    if (reference === "latest") return run;
    known.push(run);
  }
  if (known.length === 0)
    throw new UnknownRunError(`Run "${reference}": there are no runs yet. Start one: backstitch run SPEC.yaml`);
  const matching = known.filter((run) => reference !== "" && run.runId.startsWith(reference));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  if (matching.length > 1)
    throw new UnknownRunError(
      `Run "${reference}": the beginning of ${matching.length} ids (${few(matching)}). Give more of it.`,
    );
  const near = closest(
    reference,
    known.map((run) => run.runId),
  );
  throw new UnknownRunError(
    `Run "${reference}": found none with this id or beginning. ${near === undefined ? `The newest: ${few(known)}.` : `Did you mean ${near}?`} See backstitch ls.`,
  );
}

function few(runs: readonly RunRecord[]): string {
  const shown = runs.slice(0, 4).map((run) => run.runId);
  return shown.join(", ") + (runs.length > 4 ? ", …" : "");
}
