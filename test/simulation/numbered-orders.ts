/** A strategy that does anything and remembers nothing: every type of order, drawn by the number of the bar, so that whoever trades the bar does the same. */
import { z } from "zod";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { type BarContext, defineStrategy } from "../../lib/engine/strategy.ts";

export const numberedParams = z.strictObject({
  draw: z.int().default(1),
  activity: z.number().min(0).max(1).default(0.3),
  throwsAt: z.int().default(-1),
});

export default defineStrategy({
  name: "numbered-orders",
  params: numberedParams,
  onBar: (bar) => actByNumber(bar as unknown as BarContext, bar.params),
});

/** What the strategy does with these parameters. */
export function actByNumber(bar: BarContext, { draw, activity, throwsAt }: z.output<typeof numberedParams>): void {
  if (bar.index === throwsAt) throw new Error("enough");
  const random = new RandomGenerator(seedRandom(draw, String(bar.index)));
  if (bar.orders.length > 6) bar.cancelAll();
  const quiet = bar.lastSignalTimeMs === null ? 0 : (bar.timeMs - bar.lastSignalTimeMs) / 86_400_000;
  if (random.next() < activity + (quiet > 20 ? 0.2 : 0)) act(bar, random);
}

function act(bar: BarContext, random: RandomGenerator): void {
  const price = bar.close;
  const step = price * 0.03 * random.next();
  const quantity = 1 + Math.floor(random.next() * 900) / 100;
  const isLong = bar.position > 0;
  switch (Math.floor(random.next() * 12)) {
    case 0:
      bar.buy();
      return;
    case 1:
      bar.sell({ tag: "plain" });
      return;
    case 2:
      bar.buy({ quantity, limit: price - step });
      return;
    case 3:
      bar.sell({ quantity, limit: price + step });
      return;
    case 4:
      bar.buy({ quantity, stop: price + step, id: `named-${bar.index % 10}` });
      return;
    case 5:
      bar.sell({ quantity, stop: price - step, limit: price - step * 0.8 });
      return;
    case 6:
      bar.closePosition();
      return;
    case 7:
      bar.closePosition({ quantity: quantity / 3, tag: "part" });
      return;
    case 8: {
      const [oldest] = bar.trades;
      if (oldest !== undefined) bar.closePosition({ trade: oldest.tradeId });
      return;
    }
    case 9:
      bar.closePosition({ stop: isLong ? price - step : price + step });
      bar.closePosition({ limit: isLong ? price + step : price - step });
      return;
    case 10: {
      const [oldest] = bar.orders;
      if (oldest !== undefined) bar.cancel(oldest.orderId);
      return;
    }
    default:
      if (bar.equity > bar.cash) bar.sell({ quantity });
      else bar.buy({ quantity });
  }
}
