import { describe, expect, test } from "vitest";
import { events } from "./order-events.ts";
import { runScript } from "./run-script.ts";

const tenUnits = { sizing: { kind: "units", units: 10 } } as const;
const flat = [100, 100, 100, 100, 100];

describe("the life of an order", () => {
  test("is numbered 1, 2, 3, …, or called by the strategy's name", async () => {
    const { fills } = await runScript(
      { 0: (bar) => bar.buy(), 1: (bar) => bar.closePosition({ id: "out" }), 2: (bar) => bar.buy() },
      flat,
      tenUnits,
    );
    expect(fills.map((fill) => [fill.orderId, fill.submittedBar, fill.bar])).toEqual([
      [1, 0, 1],
      ["out", 1, 2],
      [2, 2, 3],
    ]);
  });

  test("waits until it is touched", async () => {
    const rows = [100, 100, 100, [100, 100, 94, 100], 100] as const;
    const { fills } = await runScript({ 0: (bar) => bar.buy({ limit: 95 }) }, rows, tenUnits);
    expect(fills).toMatchObject([{ bar: 3, price: 95, type: "limit" }]);
  });

  test("a withdrawn order never fills and leaves an event", async () => {
    const rows = [100, 100, 90, 90] as const;
    const lane = await runScript(
      { 0: (bar) => bar.buy({ limit: 95, id: "dip" }), 1: (bar) => bar.cancel("dip") },
      rows,
      tenUnits,
    );
    expect(lane.fills).toEqual([]);
    expect(events(lane)).toEqual([[1, "dip", "cancelled", null]]);
  });

  test("withdrawing what does not wait answers false", async () => {
    const answers: boolean[] = [];
    await runScript({ 0: (bar) => answers.push(bar.cancel(1), bar.cancel("mine")) }, flat);
    expect(answers).toEqual([false, false]);
  });

  test("cancelAll withdraws every waiting order", async () => {
    const lane = await runScript(
      {
        0: (bar) => {
          bar.buy({ limit: 95 });
          bar.sell({ stop: 90 });
        },
        1: (bar) => bar.cancelAll(),
      },
      flat,
      tenUnits,
    );
    expect(events(lane)).toEqual([
      [1, 1, "cancelled", null],
      [1, 2, "cancelled", null],
    ]);
  });

  test("the trigger of a stop-limit order is an event, then it waits as a limit", async () => {
    const rows = [100, [105, 107, 105, 107], [105, 105, 103, 104]] as const;
    const lane = await runScript({ 0: (bar) => bar.buy({ stop: 106, limit: 104 }) }, rows, tenUnits);
    expect(events(lane)).toEqual([[1, 1, "triggered", null]]);
    expect(lane.fills).toMatchObject([{ bar: 2, price: 104, type: "stop-limit" }]);
  });

  test("a closing order dies with what it closes", async () => {
    const lane = await runScript(
      {
        0: (bar) => bar.buy(),
        1: (bar) => {
          bar.closePosition({ limit: 200, id: "target" });
          bar.closePosition({ id: "now" });
        },
      },
      flat,
      tenUnits,
    );
    expect(lane.fills.map((fill) => fill.orderId)).toEqual([1, "now"]);
    expect(events(lane)).toEqual([[2, "target", "cancelled", "nothing_to_close"]]);
  });

  test("a closing order larger than the position closes it and turns nothing", async () => {
    const { fills, metrics } = await runScript(
      { 0: (bar) => bar.buy(), 1: (bar) => bar.closePosition({ quantity: 999 }) },
      flat,
      tenUnits,
    );
    expect(fills.map((fill) => fill.quantity)).toEqual([10, 10]);
    expect(metrics.openTrades).toBe(0);
  });

  test("an order of the last bar never fills", async () => {
    const { fills } = await runScript({ 4: (bar) => bar.buy() }, flat, tenUnits);
    expect(fills).toEqual([]);
  });

  test("the tags of entry and exit are the trade's", async () => {
    const { trades } = await runScript(
      { 0: (bar) => bar.buy({ tag: "cross" }), 1: (bar) => bar.closePosition({ tag: "time" }) },
      flat,
      tenUnits,
    );
    expect(trades).toMatchObject([{ entryTag: "cross", exitTag: "time", exitReason: "order" }]);
  });
});

describe("two orders of one bar", () => {
  test("what fills at the open comes in the order of submission", async () => {
    const { fills } = await runScript(
      {
        0: (bar) => {
          bar.buy({ quantity: 1, limit: 101, id: "limit" });
          bar.sell({ quantity: 1, id: "market" });
        },
      },
      flat,
      tenUnits,
    );
    expect(fills.map((fill) => fill.orderId)).toEqual(["limit", "market"]);
  });

  test("of a stop and a limit inside the bar the stop is taken, and the bar is counted", async () => {
    const { trades, metrics } = await runScript(
      {
        0: (bar) => bar.buy(),
        1: (bar) => {
          bar.closePosition({ limit: 110, id: "target" });
          bar.closePosition({ stop: 90, id: "stop" });
        },
      },
      [100, 100, [100, 112, 88, 100], 100],
      tenUnits,
    );
    expect(trades).toMatchObject([{ exitPrice: 90, netProfit: -100 }]);
    expect(metrics.ambiguousBars).toBe(1);
  });
});

const twoTrades = { ...tenUnits, execution: { pyramiding: 2 } } as const;

test("a closing order does not outlive its position when another is opened at the same open", async () => {
  const lane = await runScript(
    {
      0: (bar) => bar.buy(),
      1: (bar) => bar.closePosition({ stop: 90, id: "stop" }),
      2: (bar) => [bar.closePosition(), bar.buy()],
    },
    [100, 100, 100, 100, 80],
    twoTrades,
  );
  expect(events(lane)).toEqual([[3, "stop", "cancelled", "nothing_to_close"]]);
  expect(lane.metrics.openTrades).toBe(1);
});

test("a second close of the same open closes nothing of the position opened between them", async () => {
  const lane = await runScript(
    { 0: (bar) => bar.buy(), 1: (bar) => [bar.closePosition(), bar.buy(), bar.closePosition({ id: "again" })] },
    [100, 100, 100, 100],
    twoTrades,
  );
  expect(events(lane)).toEqual([[2, "again", "cancelled", "nothing_to_close"]]);
  expect(lane.metrics.openTrades).toBe(1);
});
