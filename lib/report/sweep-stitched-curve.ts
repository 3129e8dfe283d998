import { z } from "zod";
import type { ObjectStore } from "../market/object-store.ts";
import { getDocument } from "../sweep/sweep-objects.ts";
import type { StitchedResult } from "../sweep/sweep-result.ts";
import { type TimedPoint, thinSeries } from "./thin-series.ts";

/** The stitched equity, thinned, with its drawdown (0 or below) and where each window begins and ends in it. */
export type StitchedCurve = {
  readonly equity: readonly TimedPoint[];
  readonly drawdown: readonly TimedPoint[];
  readonly stretches: readonly { readonly window: number; readonly fromMs: number; readonly toMs: number }[];
};

/** Points of a curve that a page draws. */
const pointLimit = 2_000;

const stored = z.object({
  bar: z.array(z.number()),
  timeMs: z.array(z.number()),
  window: z.array(z.number()),
  equity: z.array(z.number()),
});

/** Reads the stitched equity and thins it. */
export async function readStitchedCurve(
  { equityHash, startCash }: Pick<StitchedResult, "equityHash" | "startCash">,
  objects: ObjectStore,
): Promise<StitchedCurve> {
  const { timeMs, window, equity } = await readStitchedEquity(equityHash, objects);
  let peak = startCash;
  const drawdown = equity.map((value) => {
    peak = Math.max(peak, value);
    return value / peak - 1;
  });
  return {
    equity: thinSeries({ timeMs, value: equity }, pointLimit),
    drawdown: thinSeries({ timeMs, value: drawdown }, pointLimit),
    stretches: stretchesOf(timeMs, window),
  };
}

/** The stitched equity as it is stored, one entry a bar. */
export async function readStitchedEquity(hash: string, objects: ObjectStore): Promise<z.output<typeof stored>> {
  return stored.parse(await getDocument(hash, objects));
}

function stretchesOf(timeMs: readonly number[], window: readonly number[]) {
  const stretches: { window: number; fromMs: number; toMs: number }[] = [];
  timeMs.forEach((at, i) => {
    const last = stretches.at(-1);
    if (last?.window === window[i]) last.toMs = at;
    else stretches.push({ window: window[i] as number, fromMs: at, toMs: at });
  });
  return stretches;
}
