import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { SpecInput } from "../../lib/run/spec.ts";

export const randomOrders = fileURLToPath(new URL("random-orders.ts", import.meta.url));

const side = fc.constantFrom("long", "short", "both");
const length = fc.integer({ min: 2, max: 12 });

const randomLanes = fc
  .array(fc.record({ length, activity: fc.constantFrom(0.05, 0.3, 0.9) }), { minLength: 1, maxLength: 4 })
  .map((lanes) => ({ file: randomOrders, lanes }));

const builtIn = fc.oneof(
  fc.constant({ name: "buy-and-hold" }),
  fc.record({ fast: length, more: length, side }).map(({ fast, more, side }) => ({
    name: "sma-cross",
    params: { side },
    lanes: [
      { fast, slow: fast + more },
      { fast: fast + 1, slow: fast + more },
    ],
  })),
  fc
    .record({ fast: length, more: length, signal: length, side })
    .map(({ fast, more, signal, side }) => ({ name: "macd-cross", params: { fast, slow: fast + more, signal, side } })),
  fc
    .record({ length, lower: fc.integer({ min: 20, max: 49 }), upper: fc.integer({ min: 50, max: 80 }), side })
    .map((params) => ({ name: "rsi-reversion", params })),
  fc
    .record({ length, deviations: fc.constantFrom(0.5, 1, 2), side })
    .map((params) => ({ name: "bollinger-reversion", params })),
  fc.record({ entry: length, exit: length, side }).map((params) => ({ name: "donchian-breakout", params })),
);

const basis = fc.constantFrom("fill", "decision");
const lot = fc.constantFrom(1, 0.01, 1e-8);
const sizing = fc.oneof(
  fc.record({ kind: fc.constant("units"), units: fc.constantFrom(1, 3.7, 40), lot }),
  fc.record({
    kind: fc.constant("fraction"),
    fraction: fc.constantFrom(0.1, 0.95, 1.5),
    of: fc.constantFrom("cash", "equity"),
    basis,
    lot,
  }),
  fc.record({
    kind: fc.constant("notional"),
    notional: fc.constantFrom(500, 2_000.55),
    basis,
    lot,
    maximum: fc.constantFrom(5, 1_000),
  }),
);

const commission = fc.oneof(
  fc.constant({ kind: "none" }),
  fc.record({
    kind: fc.constant("percent"),
    percent: fc.constantFrom(0.1, 1.3),
    fixed: fc.constantFrom(0, 0.35),
    minimum: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant("per-unit"), perUnit: fc.constantFrom(0.005, 0.3), maximum: fc.constantFrom(0.5, 20) }),
  fc.record({ kind: fc.constant("fixed"), amount: fc.constant(0.99) }),
);

/** Specs of every kind over a snapshot called "bars"; how often they checkpoint is not theirs to say. */
export const specs = fc.record({
  data: fc.record({ snapshot: fc.constant("bars"), warmupBars: fc.constantFrom(0, 0, 17) }),
  strategy: fc.oneof({ weight: 3, arbitrary: randomLanes }, { weight: 2, arbitrary: builtIn }),
  account: fc.record({ cash: fc.constantFrom(500, 10_000, 1_000_000), shorting: fc.constantFrom(true, true, false) }),
  sizing,
  execution: fc.record({
    fill: fc.constantFrom("next-open", "close"),
    commission,
    slippage: fc.record({ kind: fc.constant("bps"), bps: fc.constantFrom(0, 2.5, 30) }),
    pyramiding: fc.integer({ min: 1, max: 4 }),
    closeAtEnd: fc.boolean(),
    fundsCheck: fc.constantFrom("fill", "submission"),
  }),
  record: fc.record({
    facts: fc.constantFrom("full", "full", "full", "summary"),
    equityEvery: fc.constantFrom(1, 1, 3, 50),
  }),
  seed: fc.integer({ min: 0, max: 1_000 }),
}) as fc.Arbitrary<SpecInput>;

/** The bars to run over, and in what chunks they are stored. */
export const markets = fc.record({
  count: fc.integer({ min: 20, max: 400 }),
  seed: fc.integer({ min: 0, max: 1_000 }),
  timeframe: fc.constantFrom("1m", "4h", "1d"),
  chunkBars: fc.integer({ min: 5, max: 500 }),
});

export const checkpointing = fc.record(
  {
    everyBars: fc.integer({ min: 1, max: 150 }),
    keep: fc.integer({ min: 1, max: 4 }),
    everySeconds: fc.constantFrom(1, 5),
  },
  { requiredKeys: ["everyBars", "keep"] },
);
