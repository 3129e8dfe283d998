import type { Snapshot } from "../market/open-snapshot.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import { momentMs } from "./moment.ts";
import { SpecError } from "./parse-spec.ts";
import type { Spec } from "./spec.ts";

/** Absolute bar numbers [startBar, endBar) of a run in its snapshot. */
export type BarWindow = { readonly startBar: number; readonly endBar: number };

/**
 * The bars that the spec's data section names: the instrument and timeframe must be the snapshot's, `from` and `to` are both included (a date to the
 * end of its day in UTC). Throws SpecError when the window is empty or does not fit.
 */
export async function resolveWindow(data: Spec["data"], snapshot: Snapshot): Promise<BarWindow> {
  const instrument = onlyInstrument(snapshot.manifest);
  const unknown = (data.instruments ?? []).filter((symbol) => symbol !== instrument.symbol);
  if (unknown.length > 0) {
    throw new SpecError(
      `data.instruments: snapshot "${data.snapshot}" holds ${instrument.symbol}, found ${unknown.join(", ")}. A run trades one instrument.`,
    );
  }
  if (data.timeframe !== undefined && data.timeframe !== instrument.timeframe) {
    throw new SpecError(
      `data.timeframe: snapshot "${data.snapshot}" holds bars of ${instrument.timeframe}, found "${data.timeframe}". Import bars of that timeframe.`,
    );
  }
  const fromMs = data.from === undefined ? Number.NEGATIVE_INFINITY : momentMs(data.from, "start");
  const toMs = data.to === undefined ? Number.POSITIVE_INFINITY : momentMs(data.to, "end");
  if (fromMs > toMs) throw new SpecError(`data.from (${data.from}) is after data.to (${data.to}); expected it before.`);
  const startBar = data.from === undefined ? 0 : await firstBarWhere(snapshot, (timeMs) => timeMs >= fromMs);
  const endBar = data.to === undefined ? snapshot.barCount : await firstBarWhere(snapshot, (timeMs) => timeMs > toMs);
  if (startBar >= endBar) {
    throw new SpecError(
      `data.from and data.to leave no bars: snapshot "${data.snapshot}" reaches from ${iso(instrument.firstTimeMs)} to ${iso(instrument.lastTimeMs)}, found ${data.from ?? "its start"} to ${data.to ?? "its end"}.`,
    );
  }
  return { startBar, endBar };
}

/** The first bar whose open time passes, by binary search over the chunks and inside one; barCount when none does. */
async function firstBarWhere(snapshot: Snapshot, passes: (timeMs: number) => boolean): Promise<number> {
  let low = 0;
  let high = snapshot.barCount;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const bar = await snapshot.read(middle, middle + 1);
    if (passes(bar.openTimeMs[0] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
