import {
  emaOf,
  highestOf,
  lowestOf,
  type PriceSeries,
  type Series,
  smaOf,
  trueRangesOf,
  type Values,
  wilderOf,
} from "./references.ts";

/** More indicators straight from their formulas, bar by bar over the whole history; null stands for undefined. */
export type BarSeries = PriceSeries & { readonly open: Values; readonly volume: Values };

export function typicalOf({ high, low, close }: PriceSeries): Values {
  return close.map((c, i) => (high[i] + low[i] + c) / 3);
}

export function cciOf(prices: PriceSeries, n: number): Series {
  return windows(typicalOf(prices), n, (w) => {
    const mean = sum(w) / n;
    const deviation = sum(w.map((v) => Math.abs(v - mean))) / n;
    return Math.max(...w) === Math.min(...w) ? 0 : (w[n - 1] - mean) / (0.015 * deviation);
  });
}

export function williamsOf(prices: PriceSeries, n: number): Series {
  const tops = highestOf(prices.high, n);
  const bottoms = lowestOf(prices.low, n);
  return prices.close.map((close, i) => {
    const top = tops[i];
    const bottom = bottoms[i];
    if (top === null || bottom === null) return null;
    return top === bottom ? -50 : (-100 * (top - close)) / (top - bottom);
  });
}

export function obvOf({ close, volume }: BarSeries): Series {
  return close.map((_, i) => sum(volume.slice(1, i + 1).map((v, k) => v * Math.sign(close[k + 1] - close[k]))));
}

export function flowVolumesOf({ high, low, close, volume }: BarSeries): Values {
  return close.map((c, i) => (high[i] === low[i] ? 0 : ((2 * c - high[i] - low[i]) / (high[i] - low[i])) * volume[i]));
}

export function cmfOf(bars: BarSeries, n: number): Series {
  const flows = windows(flowVolumesOf(bars), n, sum);
  const volumes = windows(bars.volume, n, sum);
  return flows.map((flow, i) => (flow === null ? null : volumes[i] === 0 ? 0 : flow / Number(volumes[i])));
}

export function mfiOf(bars: BarSeries, n: number): Series {
  const typical = typicalOf(bars);
  return typical.map((_, i) => {
    if (i < n) return null;
    let [inward, outward] = [0, 0];
    for (let k = i - n + 1; k <= i; k++) {
      if (typical[k] > typical[k - 1]) inward += typical[k] * bars.volume[k];
      if (typical[k] < typical[k - 1]) outward += typical[k] * bars.volume[k];
    }
    if (inward + outward === 0) return 50;
    return outward === 0 ? 100 : 100 - 100 / (1 + inward / outward);
  });
}

export function vwapOf(bars: BarSeries, n: number): Series {
  const typical = typicalOf(bars);
  return bars.close.map((_, i) => {
    if (i < n - 1) return null;
    const from = n === 0 ? 0 : i - n + 1;
    const volume = sum(bars.volume.slice(from, i + 1));
    return volume === 0 ? null : sum(typical.slice(from, i + 1).map((t, k) => t * bars.volume[from + k])) / volume;
  });
}

export function aroonOf({ high, low }: PriceSeries, n: number) {
  const since = (x: Values, of: (...w: number[]) => number): Series =>
    x.map((_, i) => {
      if (i < n) return null;
      const w = x.slice(i - n, i + 1);
      return (100 * w.lastIndexOf(of(...w))) / n;
    });
  return { up: since(high, Math.max), down: since(low, Math.min) };
}

export function keltnerUpperOf(prices: PriceSeries, n: number, multiplier: number): Series {
  const ranges = wilderOf(trueRangesOf(prices), n);
  return emaOf(prices.close, n, n).map((middle, i) =>
    middle === null ? null : middle + multiplier * Number(ranges[i]),
  );
}

export function supertrendOf(prices: PriceSeries, n: number, multiplier: number) {
  const { high, low, close } = prices;
  const ranges = wilderOf(trueRangesOf(prices), n);
  const trend: (number | null)[] = [];
  const direction: (number | null)[] = [];
  let [upper, lower] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < close.length; i++) {
    const range = ranges[i];
    if (range === null) {
      trend.push(null);
      direction.push(null);
      continue;
    }
    const middle = (high[i] + low[i]) / 2;
    const isFirst = i === n - 1;
    upper =
      isFirst || close[i - 1] > upper ? middle + multiplier * range : Math.min(upper, middle + multiplier * range);
    lower =
      isFirst || close[i - 1] < lower ? middle - multiplier * range : Math.max(lower, middle - multiplier * range);
    const before = isFirst ? 1 : Number(direction[i - 1]);
    const now = isFirst ? 1 : before === 1 && close[i] < lower ? -1 : before === -1 && close[i] > upper ? 1 : before;
    direction.push(now);
    trend.push(now === 1 ? lower : upper);
  }
  return { trend, direction };
}

/** TA-Lib's SAR, with its separate cases of long and short. */
export function parabolicSarOf({ high, low }: PriceSeries, step: number, maximum: number): Series {
  if (high.length < 2) return high.map(() => null);
  const down = low[0] - low[1];
  let isLong = !(down > 0 && down > high[1] - high[0]);
  let sar = isLong ? low[0] : high[0];
  let extreme = isLong ? high[1] : low[1];
  let part = step;
  const result: (number | null)[] = [null];
  for (let i = 1; i < high.length; i++) {
    const k = i === 1 ? 1 : i - 1;
    if (isLong && low[i] <= sar) {
      isLong = false;
      sar = Math.max(extreme, high[k], high[i]);
      result.push(sar);
      part = step;
      extreme = low[i];
      sar = Math.max(sar + part * (extreme - sar), high[k], high[i]);
    } else if (!isLong && high[i] >= sar) {
      isLong = true;
      sar = Math.min(extreme, low[k], low[i]);
      result.push(sar);
      part = step;
      extreme = high[i];
      sar = Math.min(sar + part * (extreme - sar), low[k], low[i]);
    } else if (isLong) {
      result.push(sar);
      if (high[i] > extreme) [extreme, part] = [high[i], Math.min(maximum, part + step)];
      sar = Math.min(sar + part * (extreme - sar), low[k], low[i]);
    } else {
      result.push(sar);
      if (low[i] < extreme) [extreme, part] = [low[i], Math.min(maximum, part + step)];
      sar = Math.max(sar + part * (extreme - sar), high[k], high[i]);
    }
  }
  return result;
}

export function fisherOf({ high, low }: PriceSeries, n: number): Series {
  const middle = high.map((h, i) => (h + low[i]) / 2);
  const tops = highestOf(middle, n);
  const bottoms = lowestOf(middle, n);
  let [value, line] = [0, 0];
  return middle.map((m, i) => {
    const top = tops[i];
    const bottom = bottoms[i];
    if (top === null || bottom === null) return null;
    const place = top === bottom ? 0 : (m - bottom) / (top - bottom) - 0.5;
    value = Math.max(Math.min(0.66 * place + 0.67 * value, 0.999), -0.999);
    line = Math.atanh(value) + 0.5 * line;
    return line;
  });
}

export function rviOf({ open, high, low, close }: BarSeries, n: number): Series {
  const weighted = (x: Values, i: number) => (x[i] + 2 * x[i - 1] + 2 * x[i - 2] + x[i - 3]) / 6;
  const rises = close.map((c, i) => c - open[i]);
  const ranges = high.map((h, i) => h - low[i]);
  return close.map((_, i) => {
    if (i < n + 2) return null;
    const bars = Array.from({ length: n }, (_, k) => i - k);
    const range = sum(bars.map((k) => weighted(ranges, k)));
    return range === 0 ? 0 : sum(bars.map((k) => weighted(rises, k))) / range;
  });
}

export function volumeRatioOf({ volume }: BarSeries, n: number): Series {
  return smaOf(volume, n).map((mean, i) => (mean === null || mean === 0 ? null : volume[i] / mean));
}

export function distanceOf(x: Values, n: number): Series {
  return smaOf(x, n).map((mean, i) => (mean === null ? null : 100 * (x[i] / mean - 1)));
}

export function adjustedEmaOf(x: Values, n: number): Series {
  const weights = x.map((_, i) => (1 - 2 / (n + 1)) ** i);
  return x.map((_, i) => sum(x.slice(0, i + 1).map((v, k) => v * weights[i - k])) / sum(weights.slice(0, i + 1)));
}

function windows(x: Values, n: number, of: (window: Values) => number): Series {
  return x.map((_, i) => (i < n - 1 ? null : of(x.slice(i - n + 1, i + 1))));
}

function sum(x: Values): number {
  return x.reduce((a, b) => a + b, 0);
}
