import type { Bars } from "../lib/engine/bars.ts";

const firstOpenMs = Date.UTC(2020, 0, 1);
const minuteMs = 60_000;

/**
 * One-minute bars of a random walk from 100, the same bits on every machine and in every language: integer arithmetic and + - × ÷ of float64 only. Each
 * bar draws, in this order: open, close, high, low, volume.
 */
export function benchmarkBars(count: number, seed = 42): Bars {
  const next = mulberry32(seed);
  const columns = {
    openTimeMs: new Float64Array(count),
    open: new Float64Array(count),
    high: new Float64Array(count),
    low: new Float64Array(count),
    close: new Float64Array(count),
    volume: new Float64Array(count),
  };
  let closeBefore = 100;
  for (let i = 0; i < count; i++) {
    const open = closeBefore * (1 + 0.00005 * nearlyNormal(next));
    const close = open * (1 + 0.0005 * nearlyNormal(next));
    columns.openTimeMs[i] = firstOpenMs + i * minuteMs;
    columns.open[i] = open;
    columns.high[i] = Math.max(open, close) * (1 + 0.0003 * next());
    columns.low[i] = Math.min(open, close) * (1 - 0.0003 * next());
    columns.close[i] = close;
    columns.volume[i] = 1 + Math.floor(1000 * next());
    closeBefore = close;
  }
  return { startBar: 0, ...columns };
}

/** Mean 0 and variance 1: the sum of twelve uniform numbers less six (Irwin-Hall). */
function nearlyNormal(next: () => number): number {
  let sum = 0;
  for (let k = 0; k < 12; k++) sum += next();
  return sum - 6;
}

/** Uniform numbers in [0, 1) with 32 random bits (mulberry32, Tommy Ettinger). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
