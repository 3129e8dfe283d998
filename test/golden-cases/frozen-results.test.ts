import { describe, expect, test } from "vitest";
import { engineVersion, runBacktest } from "../../lib/backstitch.ts";
import { modelFields } from "../../lib/models/model-name.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { builtInStrategies } from "../../lib/strategies/built-in.ts";
import { sp500File } from "./sp500-bars.ts";

/**
 * Frozen results of this engine version. A change that moves a number of them raises engineVersion, which begins a new file: `vitest -u` writes it, and the
 * old one is removed.
 */
const frozen = (name: string) => `../golden/${name}.engine-${engineVersion}.json`;
const data = { file: sp500File, timeframe: "1d" };

/** examples/sp500-sma.yaml. */
const sp500Sma: Omit<SpecInput, "data"> = {
  strategy: { name: "sma-cross", params: { fast: 10, slow: 30 } },
  account: { cash: 100_000 },
  sizing: { kind: "units", units: 10 },
  execution: { commission: { kind: "percent", percent: 0.1 } },
};

/** Every cost, sizing by equity in parts of a unit, long and short, closed at the end. */
const everything: Omit<SpecInput, "data" | "strategy"> = {
  sizing: { kind: "fraction", fraction: 0.5, of: "equity", lot: 0.01 },
  execution: {
    commission: { kind: "percent", percent: 0.05, fixed: 0.5, minimum: 1, maximum: 30 },
    slippage: { kind: "bps", bps: 2 },
    closeAtEnd: true,
  },
};

describe("frozen results over twenty years of the S&P 500", () => {
  test("sma-cross 10/30 of the example: metrics, trades and digest", async () => {
    const { resultDigest, metrics, trades } = await runBacktest(sp500Sma, data);
    const newest = trades.slice(-3);
    await expect(json({ resultDigest, metrics, newest })).toMatchFileSnapshot(frozen("sp500-sma"));
  });

  test("every built-in strategy with every cost: final equity, trades and digest", async () => {
    const results: { [name: string]: object } = {};
    for (const [name, { params }] of builtInStrategies) {
      // A strategy that asks a model has no numbers of its own.
      if (modelFields(params).length > 0) continue;
      const sides = "side" in params.shape ? { side: "both" } : {};
      const { resultDigest, metrics } = await runBacktest({ ...everything, strategy: { name, params: sides } }, data);
      results[name] = { resultDigest, finalEquity: metrics.finalEquity, closedTrades: metrics.closedTrades };
    }
    await expect(json(results)).toMatchFileSnapshot(frozen("sp500-built-in"));
  });
});

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
