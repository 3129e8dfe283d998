import { describe, expect, test } from "vitest";
import { events } from "./order-events.ts";
import { runScript } from "./run-script.ts";

const tenUnits = { sizing: { kind: "units", units: 10 } } as const;
const flat = [100, 100, 100, 100, 100];

describe("rejections", () => {
  test.each([
    ["a quantity of nothing", "invalid_quantity", { quantity: 0 }],
    ["a negative quantity", "invalid_quantity", { quantity: -1 }],
    ["a quantity that is not a number", "invalid_quantity", { quantity: Number.NaN }],
    ["less than a lot", "invalid_quantity", { quantity: 0.9 }],
    ["less than the minimum", "invalid_quantity", { quantity: 1 }],
    ["more than the maximum", "invalid_quantity", { quantity: 1_001 }],
    ["a limit of zero", "invalid_price", { limit: 0 }],
    ["a negative stop", "invalid_price", { stop: -5 }],
    ["a limit that is not a number", "invalid_price", { limit: Number.NaN }],
    ["a name of digits only", "duplicate_order", { id: "17" }],
  ] as const)("%s: %s", async (_, reason, request) => {
    const answers: unknown[] = [];
    const spec = { sizing: { kind: "units", units: 10, minimum: 2, maximum: 1_000 } } as const;
    const lane = await runScript({ 0: (bar) => answers.push(bar.buy(request)) }, flat, spec);
    expect(answers).toMatchObject([{ kind: "rejected", reason }]);
    expect(lane.orders).toMatchObject([{ bar: 0, event: "rejected", reason }]);
    expect(lane.metrics.rejectedOrders).toBe(1);
  });

  test("a name used before: duplicate_order, though the first is done", async () => {
    const lane = await runScript(
      { 0: (bar) => bar.buy({ id: "a" }), 2: (bar) => bar.closePosition({ id: "a" }) },
      flat,
      tenUnits,
    );
    expect(events(lane)).toEqual([[2, "a", "rejected", "duplicate_order"]]);
  });

  test("a close with nothing open: nothing_to_close", async () => {
    const lane = await runScript({ 0: (bar) => bar.closePosition() }, flat);
    expect(events(lane)).toEqual([[0, 1, "rejected", "nothing_to_close"]]);
  });

  test("a close of a trade that is not open: unknown_trade", async () => {
    const lane = await runScript(
      { 0: (bar) => bar.buy(), 1: (bar) => bar.closePosition({ trade: 7 }) },
      flat,
      tenUnits,
    );
    expect(events(lane)).toEqual([[1, 2, "rejected", "unknown_trade"]]);
  });

  test("a close of no units: invalid_quantity", async () => {
    const lane = await runScript(
      { 0: (bar) => bar.buy(), 1: (bar) => bar.closePosition({ quantity: 0 }) },
      flat,
      tenUnits,
    );
    expect(events(lane)).toEqual([[1, 2, "rejected", "invalid_quantity"]]);
  });

  test("a second entry without pyramiding: pyramiding", async () => {
    const lane = await runScript({ 0: (bar) => bar.buy(), 1: (bar) => bar.buy() }, flat, tenUnits);
    expect(events(lane)).toEqual([[1, 2, "rejected", "pyramiding"]]);
  });

  test("an entry beside a close of the position before it is not: it fills after the close", async () => {
    const renew = (bar: { closePosition(): unknown; buy(): unknown }) => [bar.closePosition(), bar.buy()];
    const lane = await runScript({ 0: (bar) => bar.buy(), 2: renew }, flat, tenUnits);
    expect(lane.fills.map((fill) => [fill.bar, fill.side])).toEqual([
      [1, "buy"],
      [3, "sell"],
      [3, "buy"],
    ]);
    expect(lane.openTrades).toMatchObject([{ tradeId: 2, side: "long", quantity: 10, entryBar: 3 }]);
  });

  test("two entries at once without pyramiding: the second is refused at its fill", async () => {
    const twice = { 0: (bar: { buy(): unknown }) => [bar.buy(), bar.buy()] };
    const lane = await runScript(twice, flat, tenUnits);
    expect(lane.fills.length).toBe(1);
    expect(events(lane)).toEqual([[1, 2, "rejected", "pyramiding"]]);
  });

  test("a short sale where it is not allowed: invalid_quantity", async () => {
    const lane = await runScript({ 0: (bar) => bar.sell() }, flat, { ...tenUnits, account: { shorting: false } });
    expect(events(lane)).toEqual([[0, 1, "rejected", "invalid_quantity"]]);
  });

  test("too little cash at the fill: insufficient_funds, and the order is gone", async () => {
    const lane = await runScript({ 0: (bar) => bar.buy({ quantity: 1_000 }) }, [100, 100.01, 100], tenUnits);
    expect(events(lane)).toEqual([[1, 1, "rejected", "insufficient_funds"]]);
    expect(lane.fills).toEqual([]);
  });

  test("exactly enough cash is enough", async () => {
    const { fills, metrics } = await runScript({ 0: (bar) => bar.buy({ quantity: 1_000 }) }, flat, tenUnits);
    expect(fills.length).toBe(1);
    expect(metrics.finalEquity).toBe(100_000);
  });

  test("too little cash at the submission, where the spec asks: insufficient_funds at once", async () => {
    const spec = { ...tenUnits, execution: { fundsCheck: "submission" } } as const;
    const lane = await runScript({ 0: (bar) => bar.buy({ quantity: 1_000, limit: 101 }) }, flat, spec);
    expect(events(lane)).toEqual([[0, 1, "rejected", "insufficient_funds"]]);
  });
});

test("a limit that is no price is refused where the sizing would divide by it", async () => {
  const sizing = { kind: "fraction", fraction: 0.5, of: "equity", basis: "decision" } as const;
  const lane = await runScript({ 0: (bar) => bar.buy({ limit: Number.NaN }) }, flat, { sizing });
  expect(events(lane)).toEqual([[0, 1, "rejected", "invalid_price"]]);
});
