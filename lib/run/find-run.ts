import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";
import type { RunRecord, RunStore } from "./run-store.ts";

/** No run, or more than one, goes by what the person gave. */
export class UnknownRunError extends InputError {
  override readonly name = "UnknownRunError";
}

/** How many of the newest runs are looked at for one whose id begins as given. */
const runsLookedAt = 1_000;
const pageSize = 100;

/**
 * The run with this id, which is one read; the only one of the newest 1,000 whose id begins so; or the newest for "latest". Throws UnknownRunError with a near
 * id.
 */
export async function findRun(reference: string, runs: RunStore): Promise<RunRecord> {
  const exact = await runs.getRun(reference);
  if (exact !== undefined) return exact;
  const known = await newestRuns(reference === "latest" ? 1 : runsLookedAt, runs);
  const [newest] = known;
  if (newest === undefined)
    throw new UnknownRunError(`Run "${reference}": there are no runs yet. Start one: backstitch run SPEC.yaml`);
  if (reference === "latest") return newest;
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
  const where =
    known.length < runsLookedAt ? "" : ` among the newest ${runsLookedAt}; of an older one give the whole id`;
  throw new UnknownRunError(
    `Run "${reference}": found none with this id or beginning${where}. ${near === undefined ? `The newest: ${few(known)}.` : `Did you mean ${near}?`} See backstitch ls.`,
  );
}

/** The newest runs, no more than this many. */
async function newestRuns(count: number, runs: RunStore): Promise<readonly RunRecord[]> {
  const found: RunRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await runs.listRuns({ sweeps: "left-out" }, Math.min(pageSize, count - found.length), cursor);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && found.length < count);
  return found;
}

function few(runs: readonly RunRecord[]): string {
  const shown = runs.slice(0, 4).map((run) => run.runId);
  return shown.join(", ") + (runs.length > 4 ? ", …" : "");
}
