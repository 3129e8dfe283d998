import { describe, expect, test } from "vitest";
import { runScript } from "../engine/run-script.ts";
import { hasSharedCases } from "./golden-file.ts";
import { seedCase } from "./seed-case.ts";

describe.skipIf(!hasSharedCases)("seed cases of finbot's execution simulator", () => {
  test("F01: market fills with 5 bps slippage and 0.01 a share are exact to the last decimal", async () => {
    const { fills, equity } = await runScript(
      { 0: (bar) => bar.buy({ quantity: 10 }), 1: (bar) => bar.closePosition({ quantity: 4 }) },
      [450, 450, 460],
      { execution: { slippage: { kind: "bps", bps: 5 }, commission: { kind: "per-unit", perUnit: 0.01 } } },
    );
    expect(fills.map((fill) => fill.price)).toEqual([450.225, 459.77]);
    const [afterBuy, afterSell] = [equity[1]?.equity ?? 0, equity[2]?.equity ?? 0];
    expect(afterBuy - 10 * 450).toBe(95_497.65);
    expect(afterSell - 6 * 460).toBeCloseTo(97_336.69, 10);
    expect(seedCase("F01").expected).toMatchObject({ cash_after_buy: "95497.65", cash_after_sell: "97336.69" });
  });

  test("F03: every order that cannot be is rejected at its submission with its reason", async () => {
    const answers: string[] = [];
    const { orders } = await runScript(
      {
        0: (bar) => {
          const submissions = [
            bar.buy({ quantity: 0 }),
            bar.buy({ quantity: -1 }),
            bar.buy({ quantity: 0.0005 }),
            bar.buy({ quantity: 1_000_001 }),
            bar.buy({ quantity: 10, limit: 450 }),
            bar.sell({ quantity: 1 }),
            bar.buy({ quantity: 1, id: "mine" }),
            bar.buy({ quantity: 1, id: "mine" }),
          ];
          for (const answer of submissions) answers.push(answer.kind === "rejected" ? answer.reason : answer.kind);
        },
      },
      [450, 450],
      {
        account: { cash: 1_000, shorting: false },
        sizing: { kind: "units", units: 1, lot: 0.0001, minimum: 0.001, maximum: 1_000_000 },
        execution: { fundsCheck: "submission" },
      },
    );
    const { reason } = seedCase("F03").expected as { reason: string[] };
    expect(answers.filter((answer) => answer !== "accepted")).toEqual(reason);
    expect(orders.map((order) => order.event)).toEqual(reason.map(() => "rejected"));
  });
});
