import { InputError } from "../../engine/input-error.ts";
import type { SweepRecord, SweepStore } from "../../sweep/sweep-store.ts";

/** No sweep, or more than one, goes by what the person gave. */
export class UnknownSweepError extends InputError {
  override readonly name = "UnknownSweepError";
}

/** How many of the newest sweeps are looked at for one whose id begins as given. */
const looked = 100;

/** The sweep with this id, the only one of the newest 100 whose id begins so, or the newest for "latest". Throws UnknownSweepError. */
export async function findSweep(reference: string, sweeps: SweepStore): Promise<SweepRecord> {
  const exact = await sweeps.getSweep(reference);
  if (exact !== undefined) return exact;
  const { items } = await sweeps.listSweeps({}, looked);
  const [newest] = items;
  if (newest === undefined)
    throw new UnknownSweepError(`Sweep "${reference}": there are no sweeps yet. Start one: backstitch sweep SPEC.yaml`);
  if (reference === "latest") return newest;
  const matching = items.filter(({ sweepId }) => reference !== "" && sweepId.startsWith(reference));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  throw new UnknownSweepError(
    `Sweep "${reference}": found ${matching.length === 0 ? "none" : matching.length} with this id or beginning. The newest: ${items
      .slice(0, 4)
      .map(({ sweepId }) => sweepId)
      .join(", ")}. See backstitch sweep ls.`,
  );
}
