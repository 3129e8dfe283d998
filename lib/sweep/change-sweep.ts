import { InputError } from "../engine/input-error.ts";
import { MissingSweepError, type SweepRecord, type SweepStore } from "./sweep-store.ts";

/** Somebody else has taken the sweep over since; what was computed is kept, and counts for whoever has it now. */
export class SweepSupersededError extends InputError {
  override readonly name = "SweepSupersededError";
}

/** Changes the record as its holder; the record as it is then. Throws SweepSupersededError when a newer attempt has the sweep. */
export async function changeOwnSweep(
  { sweepId, attempt }: Pick<SweepRecord, "sweepId" | "attempt">,
  change: (sweep: SweepRecord) => SweepRecord,
  sweeps: SweepStore,
): Promise<SweepRecord> {
  const own = (stored: SweepRecord) => (stored.attempt === attempt ? change(stored) : undefined);
  const changed = await changeSweep(sweepId, own, sweeps);
  if (changed !== undefined) return changed;
  throw new SweepSupersededError(
    `Sweep "${sweepId}" was taken over from attempt ${attempt} by a newer one, which will end it: backstitch sweep show ${sweepId}`,
  );
}

/** Writers of one record are few; so many lost races in a row mean that something else is wrong. */
const mostTries = 50;

/** Changes a sweep's record by a conditional write, again from what is stored when another was faster. Undefined when `change` wants nothing changed. */
export async function changeSweep(
  sweepId: string,
  change: (sweep: SweepRecord) => SweepRecord | undefined,
  sweeps: SweepStore,
): Promise<SweepRecord | undefined> {
  for (let tries = 0; tries < mostTries; tries++) {
    const stored = await sweeps.getSweep(sweepId);
    if (stored === undefined) throw new MissingSweepError(sweepId);
    const changed = change(stored);
    if (changed === undefined) return undefined;
    const next = { ...changed, revision: stored.revision + 1 };
    if (await sweeps.replaceSweep(next)) return next;
  }
  throw new Error(`Sweep "${sweepId}": ${mostTries} writes in a row were overtaken by others.`);
}
