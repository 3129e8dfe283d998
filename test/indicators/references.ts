/**
 * The indicators once more, straight from their formulas, bar by bar over the whole history: slow, and without any state.
 * They take inputs that are defined at every bar; null stands for undefined.
 */
export type Values = readonly number[];
export type Series = readonly (number | null)[];

export type PriceSeries = { readonly high: Values; readonly low: Values; readonly close: Values };

export function smaOf(x: Values, n: number): Series {
  return overWindows(x, n, mean);
}

export function wmaOf(x: Values, n: number): Series {
  return overWindows(x, n, (w) => total(w.map((v, i) => v * (i + 1))) / total(w.map((_, i) => i + 1)));
}

export function highestOf(x: Values, n: number): Series {
  return overWindows(x, n, (w) => Math.max(...w));
}

export function lowestOf(x: Values, n: number): Series {
  return overWindows(x, n, (w) => Math.min(...w));
}

export function deviationOf(x: Values, n: number, lessDegrees: number): Series {
  return overWindows(x, n, (w) => {
    // Differences first, so that the reference itself keeps its digits.
    const d = w.map((v) => v - w[0]);
    const m = mean(d);
    return Math.sqrt(total(d.map((v) => (v - m) * (v - m))) / (n - lessDegrees));
  });
}

export function emaOf(x: Values, n: number, seedLength: number): Series {
  const k = 2 / (n + 1);
  return fold(x, seedLength, (before, value) => k * value + (1 - k) * before);
}

export function wilderOf(x: Values, n: number): Series {
  return fold(x, n, (before, value) => (before * (n - 1) + value) / n);
}

export function rsiOf(x: Values, n: number): Series {
  const changes = x.slice(1).map((v, i) => v - x[i]);
  const gains = wilderOf(
    changes.map((c) => Math.max(c, 0)),
    n,
  );
  const losses = wilderOf(
    changes.map((c) => Math.max(-c, 0)),
    n,
  );
  const strengths = gains.map((gain, i) => {
    const loss = losses[i];
    if (gain === null || loss === null) return null;
    if (loss === 0) return gain === 0 ? 50 : 100;
    return 100 - 100 / (1 + gain / loss);
  });
  return x.length === 0 ? [] : [null, ...strengths];
}

export function macdOf(x: Values, lengths: { fast: number; slow: number; signal: number }) {
  const fast = emaOf(x, lengths.fast, 1).map(defined);
  const slow = emaOf(x, lengths.slow, 1).map(defined);
  const line = fast.map((value, i) => value - slow[i]);
  const signal = emaOf(line, lengths.signal, 1).map(defined);
  const shown = (value: number, i: number) => (i < lengths.slow + lengths.signal - 2 ? null : value);
  return { line: line.map(shown), signal: signal.map(shown), histogram: line.map((v, i) => shown(v - signal[i], i)) };
}

export function trueRangesOf({ high, low, close }: PriceSeries): Values {
  return high.map((h, i) =>
    i === 0 ? h - low[i] : Math.max(h - low[i], Math.abs(h - close[i - 1]), Math.abs(low[i] - close[i - 1])),
  );
}

export function stochasticOf(prices: PriceSeries, lengths: { k: number; smooth: number; d: number }) {
  const tops = highestOf(prices.high, lengths.k);
  const bottoms = lowestOf(prices.low, lengths.k);
  const skipped = lengths.k - 1;
  const fast = prices.close.slice(skipped).map((close, i) => {
    const top = defined(tops[i + skipped]);
    const bottom = defined(bottoms[i + skipped]);
    return top === bottom ? 50 : (100 * (close - bottom)) / (top - bottom);
  });
  const k = smaOf(fast, lengths.smooth);
  const d = smaOf(k.slice(lengths.smooth - 1).map(defined), lengths.d);
  const count = prices.close.length;
  return { k: later(k, skipped, count), d: later(d, skipped + lengths.smooth - 1, count) };
}

export function adxOf(prices: PriceSeries, n: number) {
  const { high, low } = prices;
  const count = high.length;
  const ups = high.slice(1).map((h, i) => h - high[i]);
  const downs = low.slice(1).map((l, i) => low[i] - l);
  const range = wilderOf(trueRangesOf(prices).slice(1), n);
  const di = (movements: Series): Series =>
    movements.map((m, i) => {
      const r = range[i];
      return m === null || r === null ? null : r === 0 ? 0 : (100 * m) / r;
    });
  const plus = di(
    wilderOf(
      ups.map((up, i) => (up > downs[i] && up > 0 ? up : 0)),
      n,
    ),
  );
  const minus = di(
    wilderOf(
      downs.map((down, i) => (down > ups[i] && down > 0 ? down : 0)),
      n,
    ),
  );
  const index = plus.slice(n - 1).map((p, i) => {
    const up = defined(p);
    const down = defined(minus[i + n - 1]);
    return up + down === 0 ? 0 : (100 * Math.abs(up - down)) / (up + down);
  });
  return { plusDi: later(plus, 1, count), minusDi: later(minus, 1, count), adx: later(wilderOf(index, n), n, count) };
}

export function rocOf(x: Values, n: number): Series {
  return x.map((value, i) => (i < n ? null : 100 * (value / x[i - n] - 1)));
}

/** A recursion that begins with the mean of the first `seedLength` values. */
function fold(x: Values, seedLength: number, next: (before: number, value: number) => number): Series {
  const result: (number | null)[] = [];
  for (let i = 0; i < x.length; i++) {
    const before = result[i - 1] ?? null;
    if (before !== null) result.push(next(before, x[i]));
    else result.push(i === seedLength - 1 ? mean(x.slice(0, seedLength)) : null);
  }
  return result;
}

function overWindows(x: Values, n: number, of: (window: Values) => number): Series {
  return x.map((_, i) => (i < n - 1 ? null : of(x.slice(i - n + 1, i + 1))));
}

/** The series moved `bars` later, cut to `count`. */
function later(series: Series, bars: number, count: number): Series {
  return [...new Array<null>(bars).fill(null), ...series].slice(0, count);
}

function defined(value: number | null): number {
  if (value === null) throw new Error("The reference has no value here.");
  return value;
}

function mean(x: Values): number {
  return total(x) / x.length;
}

function total(x: Values): number {
  return x.reduce((a, b) => a + b, 0);
}
