import { describe, expect, test } from "vitest";
import { canonicalJson, tagNumbers, untagNumbers } from "../../lib/engine/canonical-json.ts";
import { allRows } from "../../lib/engine/fact-columns.ts";
import { Simulation } from "../../lib/engine/simulation.ts";
import { isCheckpointDue } from "../../lib/run/checkpoint-policy.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import { compileProgram } from "../../lib/run/program.ts";
import { barsOf } from "../engine/bars-of.ts";
import { runScript } from "../engine/run-script.ts";
import { scripted } from "../engine/scripted.ts";
import { hasSharedCases } from "./golden-file.ts";
import { seedCase } from "./seed-case.ts";

describe.skipIf(!hasSharedCases)("seed cases of ktrdr's checkpoints", () => {
  test("K09: sampled equity keeps every 100th point and the last", async () => {
    const { input, expected } = seedCase("K09") as {
      input: { curve_lengths: number[] };
      expected: { sampled_indices: number[][] };
    };
    const sampled: number[][] = [[]];
    // A run of no bars is refused, so that the first curve, of length 0, has no run.
    for (const length of input.curve_lengths.slice(1)) {
      const { equity } = await runScript({}, new Array<number>(length).fill(100), { record: { equityEvery: 100 } });
      sampled.push(equity.map((point) => point.bar));
    }
    expect(sampled).toEqual(expected.sampled_indices);
  });

  test("K10: a state resumes at the bar after the last one done, which it names itself", () => {
    const { expected } = seedCase("K10") as { expected: { resume_start_bar: number } };
    const simulation = new Simulation(program());
    simulation.advance(barsOf([100, 100, 100, 100, 100, 100]));
    expect(simulation.save().barIndex).toBe(expected.resume_start_bar);
  });

  test("K11: the state at bar 12 holds what the seed's state held", () => {
    const { expected } = seedCase("K11") as {
      expected: { bar_index: number; cash: number; positions: Record<string, unknown>[]; equity_samples: unknown[] };
    };
    const rows = [101.3, 101.3, 101.3, ...new Array<number>(9).fill(101.7), 102.1];
    const simulation = new Simulation(program());
    simulation.advance(barsOf(rows, { firstMs: Date.UTC(2024, 0, 3, 2) }));
    const state = simulation.save();
    const [lane] = state.lanes;
    const ledger = lane?.broker.account.ledger as {
      cash: string;
      positions: { quantity: string; entryPrice: number; entryTimeMs: number; direction: number }[][];
    };
    const [position] = expected.positions;
    expect(state.barIndex).toBe(expected.bar_index + 1);
    expect(Number(ledger.cash)).toBeCloseTo(expected.cash, 6);
    expect(ledger.positions).toMatchObject([
      [
        {
          quantity: String(position?.quantity),
          entryPrice: expect.closeTo(Number(position?.entry_price), 9),
          entryTimeMs: Date.parse(String(position?.entry_date)),
          direction: 1,
        },
      ],
    ]);
    const [facts] = simulation.takeFacts().lanes;
    expect(facts === undefined ? undefined : allRows(facts.trades)).toEqual([]);
    const equity = facts?.equity[0] ?? new Float64Array();
    expect(expected.equity_samples).toEqual([
      { bar_index: 0, equity: equity[0] },
      { bar_index: 12, equity: expect.closeTo(equity[12] ?? Number.NaN, 6) },
    ]);
  });

  test("K14: a checkpoint is due on reaching an interval of bars or of time, the first one too", () => {
    const { input, expected } = seedCase("K14") as { input: { sequence: PolicyCase[] }; expected: { due: boolean[] } };
    const asked = input.sequence.filter((entry) => entry.force !== true);
    const due = asked.map(({ policy: [everyBars, everySeconds], last, unit, t, started_at }) =>
      isCheckpointDue(
        { everyBars, everySeconds },
        { lastBar: last?.unit ?? 0, lastAtMs: (last?.t ?? started_at ?? 0) * 1_000, bar: unit, atMs: (t ?? 0) * 1_000 },
      ),
    );
    expect(due).toEqual(expected.due.slice(0, 8));
  });

  test("K15: numbers that JSON does not have survive as tagged values", () => {
    const state = { a: Number.NaN, b: [Number.POSITIVE_INFINITY, 1.5], c: { d: Number.NEGATIVE_INFINITY } };
    const text = canonicalJson(tagNumbers(state));
    expect(text).toBe('{"a":{"$number":"NaN"},"b":[{"$number":"Infinity"},1.5],"c":{"d":{"$number":"-Infinity"}}}');
    expect(untagNumbers(JSON.parse(text))).toEqual(state);
  });
});

type PolicyCase = {
  readonly policy: readonly [number, number];
  readonly last: { readonly unit: number; readonly t: number } | null;
  readonly unit: number;
  readonly t?: number;
  readonly started_at?: number;
  readonly force?: boolean;
};

/** K11's account: a quarter of the cash, 0.1 % commission, 5 bps slippage; it buys at the close of the second bar. */
function program() {
  const spec = parseSpec(
    {
      data: { snapshot: "bars in memory" },
      strategy: { name: "scripted" },
      sizing: { kind: "fraction", fraction: 0.25, basis: "decision" },
      execution: { commission: { kind: "percent", percent: 0.1 }, slippage: { kind: "bps", bps: 5 } },
    },
    "The spec",
  );
  const strategy = scripted({ 1: (bar) => bar.buy() });
  return compileProgram(spec, strategy, { timeframe: "1h", startBar: 0, lot: undefined });
}
