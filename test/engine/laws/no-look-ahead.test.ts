import fc from "fast-check";
import { expect, test } from "vitest";
import type { LaneProgram } from "../../../lib/engine/lane.ts";
import type { BarContext, Strategy } from "../../../lib/engine/strategy.ts";
import { type Folded, fold, laneCases, laneProgram, walk, walks } from "./law-cases.ts";

const barTotal = 200;

test("law 4: changing every bar after t changes nothing that was known, decided or filled up to t", () => {
  const property = fc.property(
    laneCases,
    walks(barTotal),
    walks(barTotal),
    fc.integer({ min: 0, max: barTotal - 1 }),
    (laneCase, steps, otherSteps, t) => {
      const before = watched(laneProgram(laneCase), walk(steps), t);
      const after = watched(laneProgram(laneCase), walk([...steps.slice(0, t + 1), ...otherSteps.slice(t + 1)]), t);
      expect(after).toEqual(before);
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test("law 4: the state after t is the same whether later bars exist or not", () => {
  const property = fc.property(
    laneCases,
    walks(barTotal),
    fc.integer({ min: 1, max: barTotal - 1 }),
    (laneCase, steps, t) => {
      const whole = watched(laneProgram(laneCase), walk(steps), t - 1);
      const ended = watched(laneProgram(laneCase), walk(steps.slice(0, t)), t - 1);
      expect(ended).toEqual(whole);
    },
  );
  fc.assert(property, { numRuns: 100 });
});

/** The facts up to bar t, and at each decision up to t what the strategy saw and which orders waited after it. */
function watched(lane: LaneProgram, bars: Parameters<typeof fold>[1], t: number) {
  const seen: { readonly index: number }[] = [];
  const [folded] = fold([{ ...lane, strategy: watching(lane.strategy, seen) }], bars);
  return { seen: seen.filter(({ index }) => index <= t), facts: upTo(t, folded as Folded) };
}

function watching(strategy: Strategy, seen: unknown[]): Strategy {
  return {
    ...strategy,
    onBar(bar: BarContext) {
      strategy.onBar(bar);
      const { index, position, cash, equity, lastSignalTimeMs } = bar;
      const columns = Object.entries(bar.columns).map(([name, view]) => [name, view.previous, view.now]);
      const orders = bar.orders.map((order) => ({ ...order }));
      seen.push({
        index,
        position,
        cash,
        equity,
        lastSignalTimeMs,
        columns,
        orders,
        state: structuredClone(bar.state),
      });
    },
  };
}

function upTo(t: number, { fills, trades, orders, equity }: Folded) {
  return {
    fills: fills.filter((fill) => fill.bar <= t),
    trades: trades.filter((trade) => trade.exitBar <= t),
    orders: orders.filter((order) => order.bar <= t),
    equity: equity.slice(0, t + 1),
  };
}
