import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Bars, barCount } from "../lib/engine/bars.ts";
import { allRows } from "../lib/engine/fact-columns.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { benchmarkLane, simulate } from "./benchmark-case.ts";
import { rawLoop } from "./raw-loop.ts";
import { besideRawLoop, sideBySide } from "./side-by-side.ts";

const fast = 10;
const slow = 30;

/** What other engines agree on for the benchmark case; the hash is over `entryBar,exitBar` lines. */
const expected = [
  {
    bars: 10_000,
    runs: 101,
    closed: 177,
    open: 1,
    finalEquity: 999677.72749634,
    fees: 358.61433434,
    trades: "f73d261545a680e8",
  },
  {
    bars: 100_000,
    runs: 41,
    closed: 1918,
    open: 0,
    finalEquity: 996404.80294942,
    fees: 3499.48185591,
    trades: "e581c2747db0aa27",
  },
  {
    bars: 1_000_000,
    runs: 21,
    closed: 19470,
    open: 0,
    finalEquity: 967383.1472115,
    fees: 32436.23396089,
    trades: "1c79c1643de77187",
  },
];

export const engineBench: Bench = {
  name: "engine",
  measures: "the engine alone, one lane, every fact and every bar's equity kept, beside a loop written by hand",
  run: () => expected.map(measure),
};

function measure(wanted: (typeof expected)[number]): BenchRow {
  const bars = benchmarkBars(wanted.bars);
  check(bars, wanted);
  const lanes = [benchmarkLane(fast, slow, "full")];
  const engine = () => simulate(lanes, bars);
  const raw = () => rawLoop(bars.open, bars.close, fast, slow);
  return { bars: wanted.bars, ...besideRawLoop(wanted.bars, sideBySide(engine, raw, wanted.runs)) };
}

function check(bars: Bars, wanted: (typeof expected)[number]): void {
  const { metrics, facts } = simulate([benchmarkLane(fast, slow, "full")], bars);
  const trades = facts.flatMap((part) => allRows(part.lanes[0].trades));
  const lines = trades.map((trade) => `${trade.entryBar},${trade.exitBar}\n`).join("");
  assert.equal(createHash("sha256").update(lines).digest("hex").slice(0, 16), wanted.trades);
  assert.deepEqual([metrics[0].closedTrades, metrics[0].openTrades], [wanted.closed, wanted.open]);
  assertNear(metrics[0].finalEquity, wanted.finalEquity);
  assertNear(metrics[0].totalFees, wanted.fees);

  const raw = rawLoop(bars.open, bars.close, fast, slow);
  const equity = facts.flatMap((part) => part.lanes[0].equity);
  assert.equal(
    equity.reduce((sum, piece) => sum + piece.length, 0),
    barCount(bars),
  );
  let bar = 0;
  for (const piece of equity) for (const value of piece) assertNear(value, raw.equity[bar++]);
}

/** The ledger rounds each amount to 10⁻⁸ and the loop does not round at all. */
function assertNear(found: number, wanted: number): void {
  if (!(Math.abs(found - wanted) <= 1e-9 * Math.abs(wanted))) assert.equal(found, wanted);
}
