/**
 * The package's public face: `import { runBacktest, defineStrategy } from "backstitch"`. Everything else is internal and may change.
 */
export { z } from "zod";
export type { Bars } from "./engine/bars.ts";
export type { ColumnView } from "./engine/column-set.ts";
export type { Column, Kernel, KernelDefinition } from "./engine/columns.ts";
export { engineVersion } from "./engine/engine-version.ts";
export { InputError } from "./engine/input-error.ts";
export type { Metrics } from "./engine/metrics.ts";
export type { Order, RejectionReason, Submission } from "./engine/orders.ts";
export {
  type BarContext,
  defineStrategy,
  type OpenTradeView,
  type OrderRequest,
  type Strategy,
  type StrategyDefinition,
} from "./engine/strategy.ts";
export { above } from "./indicators/above.ts";
export { adx } from "./indicators/adx.ts";
export { atr } from "./indicators/atr.ts";
export { close, high, low, open, volume } from "./indicators/bar-columns.ts";
export { bollinger } from "./indicators/bollinger.ts";
export { constant } from "./indicators/constant.ts";
export { cross } from "./indicators/cross.ts";
export { donchian } from "./indicators/donchian.ts";
export { ema } from "./indicators/ema.ts";
export { highest, lowest } from "./indicators/highest-lowest.ts";
export { lag } from "./indicators/lag.ts";
export { macd } from "./indicators/macd.ts";
export { roc } from "./indicators/roc.ts";
export { rsi } from "./indicators/rsi.ts";
export { sma } from "./indicators/sma.ts";
export { standardDeviation } from "./indicators/standard-deviation.ts";
export { stochastic } from "./indicators/stochastic.ts";
export { wma } from "./indicators/wma.ts";
export type { BacktestData } from "./local/backtest-bars.ts";
export type { FillFact, OrderFact, TradeFact } from "./local/plain-facts.ts";
export {
  type BacktestLane,
  type BacktestResult,
  type BacktestSpec,
  type EquityPoint,
  runBacktest,
} from "./local/run-backtest.ts";
export { barsFromCsv } from "./market/bars-from-csv.ts";
export { type AskedModel, askModel } from "./models/ask-model.ts";
export { modelName, modelNames } from "./models/model-name.ts";
