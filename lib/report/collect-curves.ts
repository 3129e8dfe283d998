import type { Bars } from "../engine/bars.ts";
import type { ObjectStore } from "../market/object-store.ts";
import type { Snapshot } from "../market/open-snapshot.ts";
import { readEquity } from "../run/run-facts.ts";
import type { PartReference, RunRecord } from "../run/run-store.ts";
import type { Spec } from "../run/spec.ts";
import { type MonthEnd, MonthEnds } from "./month-ends.ts";
import { type CurvePoint, CurveThinner, type PriceBar, PriceThinner } from "./thinning.ts";

/** A run's window drawn with a bounded number of points. */
export type Curves = {
  /** In the order of the bars; the first bar, the last and every extreme are among them. */
  readonly points: readonly CurvePoint[];
  readonly price: readonly PriceBar[];
  /** How many bars one price bar stands for; 1 is the bars themselves. */
  readonly bucketBars: number;
  readonly monthEnds: readonly MonthEnd[];
  readonly benchmark: Benchmark;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly hasEquity: boolean;
};

/** Buying with all the cash at the first bar's close, without costs and in fractions of a unit, and holding to the window's end. */
export type Benchmark = {
  readonly finalEquity: number;
  readonly totalReturn: number;
  /** As the metric: years of 365.25 days between the first and the last bar; null for a single bar. */
  readonly cagr: number | null;
  readonly maxDrawdown: number;
};

export type CurveSource = {
  readonly run: RunRecord;
  readonly spec: Spec;
  readonly lane: number;
  readonly parts: readonly PartReference[];
  /** The equity after a forced close, once there is a result. */
  readonly finalEquity: number | undefined;
};

/** A report draws at most about this many points of a curve. */
const pointLimit = 4_000;
const yearMs = 365.25 * 86_400_000;

/** Reads the run's bars and the lane's equity side by side, a chunk of bars at a time. */
export async function collectCurves(source: CurveSource, snapshot: Snapshot, objects: ObjectStore): Promise<Curves> {
  const { run, spec, lane, parts } = source;
  const fold = new CurveFold(source);
  const points = new PointReader(readEquity(lane, parts, objects));
  const { chunkBars } = snapshot.manifest;
  for (let from = run.startBar; from < run.endBar; ) {
    const to = Math.min(run.endBar, (Math.floor(from / chunkBars) + 1) * chunkBars);
    const bars = await snapshot.read(from, to);
    const due = samplesBefore(to, run, spec) - samplesBefore(from, run, spec);
    fold.add(bars, await points.take(due));
    from = to;
  }
  return fold.end();
}

/** How many equity points lie in the bars from the run's first up to `bar`, that not included. */
function samplesBefore(bar: number, run: RunRecord, spec: Spec): number {
  return Math.ceil((bar - run.startBar) / spec.record.equityEvery);
}

/** Hands out the points of a lane in the numbers asked for; fewer when the run has not come so far. */
class PointReader {
  readonly #pieces: AsyncGenerator<Float64Array>;
  #piece: Float64Array = new Float64Array(0);
  #at = 0;

  constructor(pieces: AsyncGenerator<Float64Array>) {
    this.#pieces = pieces;
  }

  async take(count: number): Promise<Float64Array> {
    const taken = new Float64Array(count);
    let filled = 0;
    while (filled < count) {
      if (this.#at === this.#piece.length) {
        const next = await this.#pieces.next();
        if (next.done === true) return taken.subarray(0, filled);
        this.#piece = next.value;
        this.#at = 0;
        continue;
      }
      const some = this.#piece.subarray(this.#at, this.#at + count - filled);
      taken.set(some, filled);
      filled += some.length;
      this.#at += some.length;
    }
    return taken;
  }
}

/** Folds bars and equity points into thinned curves, month ends and the benchmark. */
class CurveFold {
  readonly #source: CurveSource;
  readonly #cash: number;
  readonly #price: PriceThinner;
  readonly #bucketBars: number;
  readonly #curve: CurveThinner;
  readonly #months = new MonthEnds();
  #firstClose = 0;
  #firstTimeMs = 0;
  #last: CurvePoint | undefined;
  #peak: number;
  #benchmarkPeak = 0;
  #benchmarkDrawdown = 0;
  #hasEquity = false;

  constructor(source: CurveSource) {
    const { run, spec } = source;
    const barCount = run.endBar - run.startBar;
    this.#source = source;
    this.#cash = spec.account.cash;
    this.#peak = spec.account.cash;
    this.#bucketBars = Math.ceil(barCount / pointLimit);
    this.#price = new PriceThinner(this.#bucketBars);
    this.#curve = new CurveThinner(Math.ceil(barCount / spec.record.equityEvery), pointLimit);
  }

  /** Adds bars, and the equity points that lie on them: one for every n-th bar from the run's first. */
  add(bars: Bars, equity: Float64Array): void {
    const { run, spec, finalEquity } = this.#source;
    const every = spec.record.equityEvery;
    let sample = 0;
    for (let i = 0; i < bars.close.length; i++) {
      const bar = bars.startBar + i;
      const timeMs = bars.openTimeMs[i] as number;
      const close = bars.close[i] as number;
      this.#price.push({
        startBar: bar,
        timeMs,
        open: bars.open[i] as number,
        high: bars.high[i] as number,
        low: bars.low[i] as number,
        close,
      });
      const isSampled = (bar - run.startBar) % every === 0;
      const isLast = bar === run.endBar - 1;
      const stored = isSampled ? equity[sample++] : undefined;
      this.#hasEquity ||= stored !== undefined;
      const value = isLast && this.#hasEquity ? (finalEquity ?? stored) : stored;
      const point = this.#point(bar, timeMs, close, value);
      if (isSampled || isLast) this.#curve.push(point);
      this.#months.add(point);
      this.#last = point;
    }
  }

  #point(bar: number, timeMs: number, close: number, equity: number | undefined): CurvePoint {
    if (this.#last === undefined) {
      this.#firstClose = close;
      this.#firstTimeMs = timeMs;
    }
    const benchmark = (this.#cash * close) / this.#firstClose;
    this.#benchmarkPeak = Math.max(this.#benchmarkPeak, benchmark);
    this.#benchmarkDrawdown = Math.max(this.#benchmarkDrawdown, 1 - benchmark / this.#benchmarkPeak);
    if (equity === undefined) return { bar, timeMs, equity: null, drawdown: null, benchmark };
    this.#peak = Math.max(this.#peak, equity);
    return { bar, timeMs, equity, drawdown: equity / this.#peak - 1, benchmark };
  }

  end(): Curves {
    const last = this.#last;
    if (last === undefined) throw new Error(`Run "${this.#source.run.runId}" has no bars.`);
    const growth = last.benchmark / this.#cash;
    const years = (last.timeMs - this.#firstTimeMs) / yearMs;
    return {
      points: this.#curve.end(),
      price: this.#price.bars,
      bucketBars: this.#bucketBars,
      monthEnds: this.#months.list(),
      benchmark: {
        finalEquity: last.benchmark,
        totalReturn: growth - 1,
        cagr: years > 0 ? growth ** (1 / years) - 1 : null,
        maxDrawdown: this.#benchmarkDrawdown,
      },
      firstTimeMs: this.#firstTimeMs,
      lastTimeMs: last.timeMs,
      hasEquity: this.#hasEquity,
    };
  }
}
