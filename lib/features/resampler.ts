import type { JsonValue } from "../engine/json.ts";
import type { Timeframe } from "../engine/timeframe.ts";
import { savedNumbers } from "../indicators/kernel-state.ts";
import { type Period, periodAt } from "./periods.ts";

/** One bar of a timeframe, built of shorter ones. */
export type ResampledBar = {
  readonly startMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
};

export type BaseBar = {
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

/**
 * Builds the bars of a timeframe of shorter ones, one after the other. A bar has closed at the close of the first shorter bar that ends at its end or later, so that
 * everything in it is known then. The first counts only when the data begin with its beginning, for otherwise part of it is missing.
 */
export class Resampler {
  readonly #timeframe: Timeframe;
  readonly #baseMs: number;
  #bar: ResampledBar | undefined;
  #period: Period | undefined;
  #isWhole = true;

  constructor(timeframe: Timeframe, baseMs: number) {
    this.#timeframe = timeframe;
    this.#baseMs = baseMs;
  }

  /** Takes the next shorter bar in and gives the bars that have closed with it: none, one, or two where the one before had an open end. */
  add(base: BaseBar, closed: (bar: ResampledBar) => void): void {
    const period = this.#period;
    if (period === undefined || base.timeMs >= period.endMs) {
      this.#close(closed);
      const next = periodAt(base.timeMs, this.#timeframe);
      this.#isWhole = period !== undefined || base.timeMs === next.startMs;
      this.#period = next;
      this.#bar = { startMs: next.startMs, ...pricesOf(base) };
    } else if (this.#bar !== undefined) {
      this.#bar.high = Math.max(this.#bar.high, base.high);
      this.#bar.low = Math.min(this.#bar.low, base.low);
      this.#bar.close = base.close;
      this.#bar.volume += base.volume;
    }
    if (this.#period !== undefined && base.timeMs + this.#baseMs >= this.#period.endMs) this.#close(closed);
  }

  save(): JsonValue {
    const bar = this.#bar;
    return {
      startMs: this.#period === undefined ? [] : [this.#period.startMs],
      isWhole: this.#isWhole ? [1] : [0],
      bar: bar === undefined ? [] : [bar.open, bar.high, bar.low, bar.close, bar.volume],
    };
  }

  restore(state: JsonValue): void {
    const [startMs] = savedNumbers(state, "startMs", 1);
    const [open, high, low, close, volume] = savedNumbers(state, "bar", 5);
    this.#isWhole = savedNumbers(state, "isWhole", 1)[0] === 1;
    this.#period = startMs === undefined ? undefined : periodAt(startMs, this.#timeframe);
    this.#bar = open === undefined || startMs === undefined ? undefined : { startMs, open, high, low, close, volume };
  }

  #close(closed: (bar: ResampledBar) => void): void {
    if (this.#bar !== undefined && this.#isWhole) closed(this.#bar);
    this.#bar = undefined;
  }
}

function pricesOf({ open, high, low, close, volume }: BaseBar): Omit<ResampledBar, "startMs"> {
  // Adding 0 turns -0, which JSON does not know, into 0.
  return { open, high, low, close, volume: volume + 0 };
}
