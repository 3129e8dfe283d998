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

/** A point of each bucket's first, last, two of the equity, one of the drawdown, two of the benchmark. */
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

/** The first and last point, the highest and lowest equity and benchmark, and the deepest drawdown, in order and each once. */
export function endsAndExtremes(points: readonly CurvePoint[]): CurvePoint[] {
  if (points.length <= 1) return [...points];
  const kept = new Set([0, points.length - 1]);
  for (const extreme of extremes) {
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < points.length; i++) {
      const value = extreme(points[i] as CurvePoint);
      if (value !== null && value > bestValue) {
        best = i;
        bestValue = value;
      }
    }
    if (best >= 0) kept.add(best);
  }
  return [...kept].sort((a, b) => a - b).map((i) => points[i] as CurvePoint);
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
