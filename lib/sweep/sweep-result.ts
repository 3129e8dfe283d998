import type { JsonValue } from "../engine/json.ts";
import type { Metrics } from "../engine/metrics.ts";
import type { PathsResult } from "./backtest-paths.ts";
import type { Inherited } from "./carried-state.ts";
import type { OverfittingFigures } from "./overfitting-figures.ts";
import type { ParameterSensitivity, PointStability } from "./parameter-stability.ts";
import type { Regime, RegimeMetrics, RegimePeriod, RegimeRules } from "./regimes.ts";
import type { Selection } from "./selection.ts";
import type { MetricSpread, ParameterDrift } from "./window-answer.ts";

export const sweepResultFormat = 1;

/**
 * What a finished sweep answers, as it is stored (object of kind "sweeps", JSON). Everything in it follows from spec, bars and engine version; clock, host and cost
 * stand in the sweep's record. Fractions, not percent; null where a figure is undefined.
 */
export type SweepResult = {
  readonly format: number;
  readonly engineVersion: number;
  readonly specDigest: string;
  readonly snapshotId: string;
  /** Of the whole table of lanes, the winners and their runs: equal however the sweep was cut, interrupted and packed. */
  readonly resultDigest: string;
  /** Absolute bar numbers [startBar, endBar) that the sweep looked at. */
  readonly bars: RangeOfBars;
  /** Parameter sets tried; rows of the table, each a set over one in-sample range; and of these the ones that failed. */
  readonly counts: { readonly points: number; readonly rows: number; readonly failedRows: number };
  /** The winner: of the only window, or, of several, of the newest one. Null when nothing could be chosen. */
  readonly best: SweepBest | null;
  readonly windows: readonly WindowResult[];
  /** One track record of the winners out of sample; null for a sweep without windows, and for cross-validation. */
  readonly stitched: StitchedResult | null;
  /** The backtest paths of cross-validation; null for other windows. */
  readonly paths: PathsResult | null;
  /** Of the stitched record, or of the best lane of a sweep without windows; null for cross-validation and where nothing could be chosen. */
  readonly regimes: RegimeResult | null;
  readonly overfitting: SweepOverfitting;
  /** How far the winners' parameters move from window to window; empty for fewer than two windows or an explicit list. */
  readonly drift: readonly ParameterDrift[];
  /** Mean, extremes and deviation of every in-sample metric over all rows of the table. */
  readonly spreads: { readonly [metric: string]: MetricSpread };
  /** The objective over the space: of each lane its mean over the windows. Null for an explicit list. */
  readonly surface: SurfaceResult | null;
  readonly failures: { readonly [category: string]: number };
  /** The first failed rows, with their parameters. */
  readonly failedLanes: readonly FailedLane[];
  /** The rows of the table, in order: one object (kind "sweeps", JSON array of TableRow) for each window and range. */
  readonly table: readonly TableReference[];
};

export type RangeOfBars = {
  readonly startBar: number;
  readonly endBar: number;
  /** Open times of the first and the last bar. */
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
};

export type SweepBest = {
  readonly window: number;
  readonly lane: number;
  /** The whole parameters: those of the space over those of the base. */
  readonly params: JsonValue;
  /** In-sample. */
  readonly metrics: Metrics;
  readonly value: number;
};

export type WindowResult = {
  readonly index: number;
  readonly inSample: { readonly ranges: readonly RangeOfBars[]; readonly metrics: Metrics | null };
  /** Of the best lane; null metrics without a winner; no ranges for a sweep without windows. */
  readonly outOfSample: {
    readonly ranges: readonly RangeOfBars[];
    readonly metrics: Metrics | null;
    /** What the best lane began with, where state is carried and the window before left it an account. */
    readonly inherited?: Inherited;
  };
  readonly best: { readonly lane: number; readonly params: JsonValue; readonly value: number } | null;
  /** Objective out of sample / in-sample. */
  readonly efficiency: number | null;
  /** Best first, at most topK; `runIds` are the runs with full facts, one for each out-of-sample range (in-sample for a sweep without windows). */
  readonly winners: readonly WinnerResult[];
  readonly selection: Omit<Selection, "winners">;
  /** From this window's own lanes; null when they did not keep what it needs. */
  readonly overfitting: OverfittingFigures | null;
};

export type WinnerResult = {
  readonly lane: number;
  readonly params: JsonValue;
  readonly value: number;
  readonly inSample: Metrics;
  readonly outOfSample: Metrics | null;
  readonly efficiency: number | null;
  readonly runIds: readonly string[];
};

export type StitchedResult = {
  readonly capital: "chained" | "reset";
  /** Present where windows begin with the account of the one before; a trade then counts in the window in which it ended. */
  readonly state?: "carried";
  readonly startCash: number;
  readonly metrics: StitchedMetrics;
  /** Object of kind "sweeps": { bar: number[], timeMs: number[], window: number[], equity: number[] }, one entry a bar. */
  readonly equityHash: string;
  /** Object of kind "sweeps": an array of trades as exports write them, each with its window and lane. */
  readonly tradesHash: string;
  readonly points: number;
  readonly trades: number;
};

/** The metrics of a run, over the stitched record. */
export type StitchedMetrics = Metrics;

export type RegimeResult = {
  /** The thresholds, and how many returns a year were taken to have. */
  readonly rules: RegimeRules;
  readonly metrics: { readonly [regime in Regime]: RegimeMetrics };
  /** Stretches of the market in absolute bars [startBar, endBar), with the open times of their first and last bar. */
  readonly periods: readonly (RegimePeriod & { readonly firstTimeMs: number; readonly lastTimeMs: number })[];
};

/**
 * Of the whole sweep: of the only window, or, of several, the mean of the windows' probabilities (the figures of each stand with it), with the track record
 * of the stitched equity, or of k-fold's one path, instead of a winner's in-sample one.
 */
export type SweepOverfitting = OverfittingFigures & {
  /** Each figure in a sentence that a person understands. */
  readonly sentences: readonly string[];
};

export type SurfaceResult = {
  readonly axes: readonly {
    readonly name: string;
    readonly values: readonly JsonValue[];
    readonly isOrdered: boolean;
  }[];
  /** Lane numbers are those of the table; `index` is the point's number in the space (the last axis turns fastest). */
  readonly points: readonly { readonly lane: number; readonly index: number; readonly value: number | null }[];
  readonly sensitivity: readonly ParameterSensitivity[];
  /** Of the best lane among its neighbours. */
  readonly stability: PointStability | null;
};

export type FailedLane = {
  readonly window: number;
  readonly lane: number;
  readonly params: JsonValue;
  readonly failure: string;
};

export type TableReference = {
  readonly window: number;
  readonly range: number;
  readonly rows: number;
  readonly hash: string;
};
