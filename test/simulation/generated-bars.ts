import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { type BarColumns, emptyColumns } from "../../lib/market/bar-rows.ts";

const firstTimeMs = Date.UTC(2020, 0, 1);

/** Bars of a random walk to cents, `stepMs` apart, with holes in time and bars without volume; the first n bars of a longer walk are those of a shorter. */
export function generatedBars(count: number, seed: number, stepMs: number): BarColumns {
  const random = new RandomGenerator(seedRandom(seed, "bars"));
  const bars = emptyColumns(count, "plain");
  let timeMs = firstTimeMs;
  let price = 100;
  for (let i = 0; i < count; i++) {
    const open = cents(price * (1 + (random.next() - 0.5) * 0.01));
    const close = cents(open * (1 + (random.next() - 0.5) * 0.04));
    bars.openTimeMs[i] = timeMs;
    bars.open[i] = open;
    bars.close[i] = close;
    bars.high[i] = cents(Math.max(open, close) * (1 + random.next() * 0.01));
    bars.low[i] = cents(Math.min(open, close) * (1 - random.next() * 0.01));
    bars.volume[i] = random.next() < 0.1 ? 0 : Math.floor(random.next() * 10_000);
    // A walk that drifts back, so that prices neither vanish nor explode.
    price = close + (100 - close) * 0.02;
    timeMs += random.next() < 0.02 ? 90 * stepMs : stepMs;
  }
  return bars;
}

function cents(price: number): number {
  return Math.max(Math.round(price * 100), 1) / 100;
}
