import type { Fixed } from "./money.ts";
import type { OpeningAccount } from "./opening-account.ts";

/** What the engine needs of a spec besides strategy and bars. Nothing here has a default: the spec's parser filled them in. */
export type Settings = {
  /** What the account is worth at the start. */
  readonly cash: Fixed;
  /** What it holds then, when that is not all cash: from the first bar after the warm-up, which metrics then leave out. */
  readonly opening?: OpeningAccount;
  /** Whether a sell may open a short position. */
  readonly shorting: boolean;
  readonly fill: "next-open" | "close";
  readonly commission: Commission;
  /** Adverse price move of market and stop fills, in basis points of the price. */
  readonly slippageBps: number;
  readonly sizing: Sizing;
  readonly quantity: QuantityLimits;
  /** How many trades may be open at once in one direction; 1 is no pyramiding. */
  readonly pyramiding: number;
  /** Whether an entry must be payable at the decision's close already, besides at its fill. */
  readonly fundsCheck: "fill" | "submission";
  /** Bars at the start of the window on which the strategy is not asked. */
  readonly warmupBars: number;
  /** Keep every n-th equity point (and the last) as facts; metrics always see every bar. */
  readonly equityEvery: number;
  /** `summary` keeps no facts at all, only metrics. */
  readonly facts: "full" | "summary";
  readonly seed: number;
  /** Metrics begin after the warm-up instead of at the first bar. */
  readonly warmupFigures?: "left-out";
  /** Keep the running returns at the ends of the first count - 1 blocks of so many bars after the warm-up. */
  readonly returnBlocks?: ReturnBlocks;
  /** A lane whose strategy throws stops alone, with its reason, instead of ending the run. */
  readonly failedLanes?: "alone";
};

/** Blocks of bars over which a lane's returns are told apart; the last one is as long as the run. */
export type ReturnBlocks = { readonly count: number; readonly bars: number };

/** The commission of one fill: rate × value + perUnit × quantity + fixed, held between minimum and maximum. */
export type Commission = {
  readonly rate: number;
  readonly perUnit: number;
  readonly fixed: Fixed;
  readonly minimum: Fixed;
  readonly maximum: Fixed | null;
};

/**
 * How many units an order without a quantity of its own buys or sells. `fraction` and `notional` are turned into units at the price of `basis`:
 * the fill, slippage included, or the close of the decision. A fraction pays its own commission out of the budget.
 */
export type Sizing =
  | { readonly kind: "units"; readonly units: Fixed }
  | {
      readonly kind: "fraction";
      readonly fraction: number;
      readonly of: "cash" | "equity";
      readonly basis: "fill" | "decision";
    }
  | { readonly kind: "notional"; readonly notional: Fixed; readonly basis: "fill" | "decision" };

/** Quantities are rounded down to a multiple of `lot`, and refused outside [minimum, maximum]. */
export type QuantityLimits = { readonly lot: Fixed; readonly minimum: Fixed; readonly maximum: Fixed | null };
