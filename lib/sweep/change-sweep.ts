import { MissingSweepError, type SweepRecord, type SweepStore } from "./sweep-store.ts";

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
