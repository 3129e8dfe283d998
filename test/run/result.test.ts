import { expect, test } from "vitest";
import { type Bars, sliceBars } from "../../lib/engine/bars.ts";
import { Simulation } from "../../lib/engine/simulation.ts";
import { runBacktest } from "../../lib/local/run-backtest.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import { compileProgram } from "../../lib/run/program.ts";
import { conclude, digestFacts, newDigests } from "../../lib/run/result.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { smaCross } from "../../lib/strategies/sma-cross.ts";
import { barsOf } from "../engine/bars-of.ts";

const bars = barsOf(Array.from({ length: 100 }, (_, i) => 100 + 10 * Math.sin(i / 5)));
const specInput = {
  strategy: { name: "sma-cross", params: { fast: 2, slow: 5 } },
  execution: { closeAtEnd: true },
} as const;

/** Folds the bars in chunks of this size and concludes. */
function concludeIn(chunk: number, input: Omit<SpecInput, "data">, over: Bars = bars) {
  const spec = parseSpec({ ...input, data: { snapshot: "x" } }, "The spec");
  const program = compileProgram(spec, smaCross, { timeframe: "1h", startBar: 0, lot: undefined });
  const simulation = new Simulation(program);
  const digests = newDigests(program.lanes.length);
  const end = over.close.length;
  for (let from = 0; from < end; from += chunk) {
    simulation.advance(sliceBars(over, from, Math.min(end, from + chunk)));
    digestFacts(digests, simulation.takeFacts());
  }
  return conclude(simulation, sliceBars(over, end - 1, end), spec, digests);
}

test("the digest does not know how the facts were cut", () => {
  const digests = [1, 7, 64, 100].map((chunk) => concludeIn(chunk, specInput).resultDigest);
  expect(new Set(digests).size).toBe(1);
});

test("runBacktest has the same digest", async () => {
  const { resultDigest } = await runBacktest(specInput, { bars, timeframe: "1h" });
  expect(resultDigest).toBe(concludeIn(10, specInput).resultDigest);
});

test("a single different last close is another result", () => {
  const close = Float64Array.from(bars.close);
  close[99] = (close[99] ?? 0) + 0.01;
  expect(concludeIn(100, specInput, { ...bars, close }).resultDigest).not.toBe(concludeIn(100, specInput).resultDigest);
});

test("the facts of a forced close come after those of the bars, and its costs are in the metrics", () => {
  const costly = { ...specInput, execution: { closeAtEnd: true, commission: { kind: "fixed", amount: 3 } } } as const;
  const { closing, lanes } = concludeIn(100, costly);
  expect(closing.lanes[0]?.trades.get(0)).toMatchObject({ exitBar: 99, exitReason: "end-of-data" });
  expect(lanes[0]?.metrics).toMatchObject({ openTrades: 0, fills: (lanes[0]?.metrics.totalFees ?? 0) / 3 });
});

test("summary keeps no facts and has the metrics of full", () => {
  const full = concludeIn(100, specInput).lanes[0];
  const summary = concludeIn(100, { ...specInput, record: { facts: "summary" } });
  expect(summary.lanes[0]?.metrics).toEqual(full?.metrics);
  expect([summary.closing.lanes[0]?.fills.length, summary.closing.lanes[0]?.trades.length]).toEqual([0, 0]);
});

test("parameters come back with their defaults", () => {
  expect(concludeIn(100, specInput).lanes[0]?.params).toEqual({ fast: 2, slow: 5, side: "long" });
});
