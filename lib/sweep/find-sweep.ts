import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";
import type { SweepRecord, SweepStore } from "./sweep-store.ts";

/** No sweep, or more than one, goes by what the person gave. */
export class UnknownSweepError extends InputError {
  override readonly name = "UnknownSweepError";
}

/** How many of the newest sweeps are looked at for one whose id begins as given. */
const sweepsLookedAt = 1_000;

/** The sweep with this id, which is one read; the only one of the newest 1,000 whose id begins so; or the newest for "latest". Throws UnknownSweepError. */
export async function findSweep(reference: string, sweeps: SweepStore): Promise<SweepRecord> {
  const exact = await sweeps.getSweep(reference);
  if (exact !== undefined) return exact;
  const { items: known } = await sweeps.listSweeps({}, reference === "latest" ? 1 : sweepsLookedAt);
  const [newest] = known;
  if (newest === undefined)
    throw new UnknownSweepError(`Sweep "${reference}": there are no sweeps yet. Start one: backstitch sweep SPEC.yaml`);
  if (reference === "latest") return newest;
  const matching = known.filter(({ sweepId }) => reference !== "" && sweepId.startsWith(reference));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  if (matching.length > 1)
    throw new UnknownSweepError(
      `Sweep "${reference}": the beginning of ${matching.length} ids (${few(matching)}). Give more of it.`,
    );
  const near = closest(
    reference,
    known.map(({ sweepId }) => sweepId),
  );
  const where =
    known.length < sweepsLookedAt ? "" : ` among the newest ${sweepsLookedAt}; of an older one give the whole id`;
  throw new UnknownSweepError(
    `Sweep "${reference}": found none with this id or beginning${where}. ${near === undefined ? `The newest: ${few(known)}.` : `Did you mean ${near}?`} See backstitch sweep ls.`,
  );
}

function few(sweeps: readonly SweepRecord[]): string {
  const shown = sweeps.slice(0, 4).map(({ sweepId }) => sweepId);
  return shown.join(", ") + (sweeps.length > 4 ? ", …" : "");
}
