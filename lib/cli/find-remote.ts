import { ApiRefusedError } from "../cloud/api-problem.ts";
import type { Remote } from "../cloud/remote.ts";
import type { RunDetails } from "../report/run-details.ts";
import type { SweepDocument } from "../report/sweep-document.ts";

export type RemoteFound =
  | { readonly kind: "run"; readonly run: RunDetails }
  | { readonly kind: "sweep"; readonly sweep: SweepDocument };

/** The run or the sweep, its table left out, that is meant on the other side of the API, found as on this machine: an exact run, then a sweep, then a run; "latest" is the newer. Throws what the API says of the run when there is neither. */
export async function findRemote(
  reference: string,
  { runs, sweeps }: Pick<Remote, "runs" | "sweeps">,
): Promise<RemoteFound> {
  const [run, sweep] = await Promise.all([
    runs.get(reference).catch(unknown),
    sweeps.summary(reference).catch(unknown),
  ]);
  if (run instanceof ApiRefusedError) {
    if (sweep instanceof ApiRefusedError) throw run;
    return { kind: "sweep", sweep };
  }
  const isRun =
    sweep instanceof ApiRefusedError ||
    run.runId === reference ||
    (reference === "latest" &&
      !run.runId.startsWith(sweep.sweepId) &&
      run.timing.createdAtMs > sweep.timing.createdAtMs);
  return isRun ? { kind: "run", run } : { kind: "sweep", sweep };
}

/** That there is none of the name is an answer. */
function unknown(error: unknown): ApiRefusedError {
  if (error instanceof ApiRefusedError && error.status === 404) return error;
  throw error;
}
