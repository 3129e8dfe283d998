import fc from "fast-check";
import { expect, test } from "vitest";
import { sliceBars } from "../../../lib/engine/bars.ts";
import { allRows } from "../../../lib/engine/fact-columns.ts";
import type { Fill, LaneFacts, Trade } from "../../../lib/engine/facts.ts";
import { add, type Fixed, formatFixed, subtract } from "../../../lib/engine/money.ts";
import { Simulation } from "../../../lib/engine/simulation.ts";
import { laneCases, laneProgram, walk, walks } from "./law-cases.ts";

const barTotal = 150;

/** A run with a forced close at its end: everything it filled and closed, and the cash it began and ended with. */
function run(laneCase: Parameters<typeof laneProgram>[0], steps: readonly number[]) {
  const program = laneProgram(laneCase);
  const bars = walk(steps);
  const simulation = new Simulation({ timeframe: "1h", startBar: 0, lanes: [program] });
  simulation.advance(bars);
  const parts = [...simulation.takeFacts().lanes, ...simulation.end(sliceBars(bars, barTotal - 1, barTotal), true)];
  const rows = <Row>(pick: (part: LaneFacts) => Row[]): Row[] => parts.flatMap(pick);
  const account = simulation.lanes[0]?.broker.account;
  return {
    start: program.settings.cash,
    end: account?.exactCash ?? Number.NaN,
    feesPaid: account?.feesPaid ?? Number.NaN,
    units: account?.units,
    fills: rows((part) => allRows(part.fills)),
    trades: rows((part) => allRows(part.trades)),
  };
}

function sum<Row>(rows: readonly Row[], amount: (row: Row) => Fixed): Fixed {
  return rows.reduce((total, row) => add(total, amount(row)), 0 as Fixed);
}

const signedValue = (fill: Fill): Fixed => (fill.side === "buy" ? subtract(0, fill.value) : fill.value);

test("law 5: when flat, the net profits add up to the change of the cash, to the last unit", () => {
  const property = fc.property(laneCases, walks(barTotal), (laneCase, steps) => {
    const { start, end, units, trades } = run(laneCase, steps);
    expect(units).toBe(0);
    const profits = sum(trades, (trade: Trade) => trade.netProfit);
    expect(formatFixed(profits)).toBe(formatFixed(subtract(end, start)));
  });
  fc.assert(property, { numRuns: 300 });
});

test("law 5: cash moves by the values and fees of fills alone", () => {
  const property = fc.property(laneCases, walks(barTotal), (laneCase, steps) => {
    const { start, end, fills, feesPaid } = run(laneCase, steps);
    const fees = sum(fills, (fill) => fill.fee);
    expect(fees).toBe(feesPaid);
    expect(add(start, subtract(sum(fills, signedValue), fees))).toBe(end);
  });
  fc.assert(property, { numRuns: 200 });
});

test("law 5: what trades say they bought, sold and paid is what the fills say", () => {
  const property = fc.property(laneCases, walks(barTotal), (laneCase, steps) => {
    const { fills, trades } = run(laneCase, steps);
    expect(sum(trades, (trade) => trade.fees)).toBe(sum(fills, (fill) => fill.fee));
    expect(sum(trades, (trade) => trade.grossProfit)).toBe(sum(fills, signedValue));
    // Every unit is bought once and sold once.
    const traded = sum(trades, (trade) => trade.quantity);
    expect(add(traded, traded)).toBe(sum(fills, (fill) => fill.quantity));
  });
  fc.assert(property, { numRuns: 200 });
});
