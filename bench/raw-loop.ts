const startCash = 1_000_000;
const units = 10;
const feeRate = 0.001;

export type RawResult = {
  readonly equity: Float64Array;
  readonly trades: readonly (readonly [entryBar: number, exitBar: number])[];
  readonly fees: number;
  readonly held: number;
};

/**
 * The benchmark case as one would write it by hand for nothing else, in float64 and without an engine: what "close to the limit" is measured against. Long only,
 * 10 units at the open after a strict cross of the two averages, first decision at bar `slow`.
 */
export function rawLoop(open: Float64Array, close: Float64Array, fast: number, slow: number): RawResult {
  const fastMean = movingAverage(close, fast);
  const slowMean = movingAverage(close, slow);
  const equity = new Float64Array(close.length);
  const trades: [number, number][] = [];
  let cash = startCash;
  let held = 0;
  let pending = 0;
  let entryBar = -1;
  let fees = 0;
  for (let i = 0; i < close.length; i++) {
    if (pending !== 0) {
      const price = open[i];
      const fee = units * price * feeRate;
      fees += fee;
      cash -= pending * units * price + fee;
      if (pending > 0) {
        held = units;
        entryBar = i;
      } else {
        held = 0;
        trades.push([entryBar, i]);
      }
      pending = 0;
    }
    equity[i] = cash + held * close[i];
    if (i < slow) continue;
    if (fastMean[i - 1] < slowMean[i - 1] && fastMean[i] > slowMean[i]) {
      if (held === 0) pending = 1;
    } else if (fastMean[i - 1] > slowMean[i - 1] && fastMean[i] < slowMean[i]) {
      if (held !== 0) pending = -1;
    }
  }
  return { equity, trades, fees, held };
}

function movingAverage(values: Float64Array, length: number): Float64Array {
  const means = new Float64Array(values.length).fill(Number.NaN);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    if (i >= length) sum -= values[i - length];
    if (i >= length - 1) means[i] = sum / length;
  }
  return means;
}
