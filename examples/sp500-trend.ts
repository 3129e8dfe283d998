/** The strategy document that the demo's model is trained with: what it sees of the bars, and how its opinion becomes a decision. */
export const sp500Trend = {
  name: "sp500-trend",
  training_data: { timeframes: { list: ["1d", "1w"], base_timeframe: "1d" } },
  indicators: {
    rsi_14: { type: "rsi", period: 14 },
    roc_10: { type: "roc", period: 10 },
    distance_50: { type: "distance_from_ma", period: 50 },
  },
  fuzzy_sets: {
    rsi: {
      indicator: "rsi_14",
      oversold: [0, 25, 40],
      neutral: [30, 50, 70],
      overbought: { type: "trapezoidal", parameters: [60, 75, 100, 100] },
    },
  },
  nn_inputs: [
    { fuzzy_set: "rsi", timeframes: "all" },
    { raw_indicator: "roc_10", timeframes: ["1d"], normalization: "zscore" },
    { raw_indicator: "distance_50", timeframes: ["1d"], normalization: "zscore" },
  ],
  decisions: { confidence_threshold: 0.4, filters: { min_signal_separation_bars: 5 } },
};
