/** A strategy as the grammar has it, with an hourly base and a four-hourly view. */
export const strategyDocument = {
  name: "momentum",
  version: "3.0",
  training_data: {
    symbols: { mode: "single", symbol: "EURUSD" },
    timeframes: { mode: "multi_timeframe", list: ["1h", "4h"], base_timeframe: "1h" },
  },
  indicators: {
    rsi_14: { type: "rsi", period: 14 },
    bb: { type: "BollingerBands", period: 5, multiplier: 2 },
  },
  fuzzy_sets: {
    rsi_m: {
      indicator: "rsi_14",
      oversold: [0, 20, 40],
      overbought: { type: "trapezoidal", parameters: [60, 80, 100, 100] },
    },
    bbu: { indicator: "bb.upper", high: { type: "gaussian", parameters: [100, 5] } },
  },
  nn_inputs: [
    { fuzzy_set: "rsi_m", timeframes: "all" },
    { fuzzy_set: "bbu", timeframes: ["1h"] },
    { raw_indicator: "bb.middle", timeframes: ["4h"], normalization: "zscore" },
  ],
  decisions: { output_format: "classification", confidence_threshold: 0.6 },
};
