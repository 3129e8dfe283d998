import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Where worked cases of other engines and their market data lie, beside the repository. */
const shared = new URL("../../../shared/", import.meta.url);

export const hasSharedCases = existsSync(new URL("cases/golden/", shared));
if (!hasSharedCases) console.log(`Skipped: the worked cases of ${fileURLToPath(shared)} are not here.`);

/** The path of a file under the shared folder, "data/golden/GOOG_1d.csv". */
export function sharedFile(path: string): string {
  return fileURLToPath(new URL(path, shared));
}

const closedTrade = z.object({
  side: z.enum(["long", "short"]),
  size: z.number(),
  entry_bar: z.number(),
  exit_bar: z.number(),
  entry_price: z.number(),
  exit_price: z.number(),
  commission: z.number(),
  pnl: z.number(),
  return_pct: z.number().optional(),
});

const openTrade = z.object({
  side: z.enum(["long", "short"]),
  size: z.number(),
  entry_bar: z.number(),
  entry_price: z.number(),
  entry_commission: z.number().optional(),
  commission: z.number().optional(),
});

const goldenRun = z.object({
  data: z.object({ file: z.string() }),
  first_decision_bar: z.number(),
  trades: z.array(closedTrade),
  open_trades: z.array(openTrade),
  final_equity: z.number(),
  total_commission: z.number(),
  equity: z.array(z.number()),
  metrics: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
});

/** A complete run of another engine: its trades, open trades, fees, equity at every bar and metrics. */
export type GoldenRun = z.output<typeof goldenRun>;

export function readGoldenRun(name: string): GoldenRun {
  return goldenRun.parse(readJson(`cases/golden/${name}.json`));
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(sharedFile(path), "utf8"));
}

/** The CSV that a golden run names ("data/GOOG_1d.csv"), as it lies in the shared folder. */
export function goldenBarsFile(name: string): string {
  return sharedFile(`data/golden/${name.replace("data/", "")}`);
}
