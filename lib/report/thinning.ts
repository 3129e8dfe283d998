/** The account and its benchmark at a bar's close; equity and drawdown are null where the run has not come yet, or kept no equity. */
export type CurvePoint = {
  readonly bar: number;
  readonly timeMs: number;
  readonly equity: number | null;
  /** equity / running peak - 1: zero or below. */
  readonly drawdown: number | null;
  /** The starting cash held in the instrument from the first bar's close on. */
  readonly benchmark: number;
};

/** Several bars drawn as one: first open, highest high, lowest low, last close. */
export type PriceBar = {
  readonly startBar: number;
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

/** The first, the last, two of the equity, one of the drawdown, two of the benchmark. */
const pointsPerBucket = 7;

/** Takes points in order and keeps at most about `limit` of `expected`: all of them, or each bucket's ends and extremes. */
export class CurveThinner {
  readonly kept: CurvePoint[] = [];
  readonly #bucket: CurvePoint[] = [];
  readonly #bucketPoints: number;

  constructor(expected: number, limit: number) {
    this.#bucketPoints = expected <= limit ? 1 : Math.ceil((expected * pointsPerBucket) / limit);
  }

  push(point: CurvePoint): void {
    this.#bucket.push(point);
    if (this.#bucket.length >= this.#bucketPoints) this.#flush();
  }

  /** All kept points. */
  end(): readonly CurvePoint[] {
    this.#flush();
    return this.kept;
  }

  #flush(): void {
    this.kept.push(...endsAndExtremes(this.#bucket));
    this.#bucket.length = 0;
  }
}

/**
 * Of a bucket's points the first and last, the highest and lowest equity and benchmark, and the deepest drawdown, in order and each once; filled up with
 * its first other points, because every bucket then has the same number of them and time runs evenly over a chart.
 */
export function endsAndExtremes(points: readonly CurvePoint[]): CurvePoint[] {
  if (points.length <= pointsPerBucket) return [...points];
  const kept = new Set([0, points.length - 1, ...extremes.map((extreme) => indexOfHighest(points, extreme))]);
  for (let i = 0; kept.size < pointsPerBucket; i++) kept.add(i);
  return [...kept].sort((a, b) => a - b).map((i) => points[i] as CurvePoint);
}

/** The first point with the highest value; the first of all where none has a value. */
function indexOfHighest(points: readonly CurvePoint[], valueAt: (point: CurvePoint) => number | null): number {
  let best = 0;
  let bestValue = Number.NEGATIVE_INFINITY;
  points.forEach((point, i) => {
    const value = valueAt(point);
    if (value === null || value <= bestValue) return;
    best = i;
    bestValue = value;
  });
  return best;
}

const extremes: readonly ((point: CurvePoint) => number | null)[] = [
  (point) => point.equity,
  (point) => negated(point.equity),
  (point) => negated(point.drawdown),
  (point) => point.benchmark,
  (point) => -point.benchmark,
];

function negated(value: number | null): number | null {
  return value === null ? null : -value;
}

/** Takes bars in order and joins every `bucketBars` of them, counted from the first. */
export class PriceThinner {
  readonly bars: PriceBar[] = [];
  readonly #bucketBars: number;
  #inBucket = 0;

  constructor(bucketBars: number) {
    this.#bucketBars = bucketBars;
  }

  push(bar: PriceBar): void {
    const last = this.bars[this.bars.length - 1];
    if (last === undefined || this.#inBucket === this.#bucketBars) {
      this.bars.push(bar);
      this.#inBucket = 1;
      return;
    }
    this.bars[this.bars.length - 1] = {
      ...last,
      high: Math.max(last.high, bar.high),
      low: Math.min(last.low, bar.low),
      close: bar.close,
    };
    this.#inBucket += 1;
  }
}
