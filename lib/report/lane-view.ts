import { z } from "zod";
import type { JsonValue } from "../engine/json.ts";
import type { SavedLane } from "../engine/lane.ts";

/** What a person looks for in the saved state of a lane. Amounts and quantities are exact decimal texts. */
export type LaneView = {
  readonly cash: string;
  readonly feesPaid: string;
  readonly side: "long" | "short" | "flat";
  readonly positions: readonly {
    readonly symbol: string;
    readonly tradeId: number;
    readonly side: "long" | "short";
    readonly quantity: string;
    readonly entryPrice: number;
    readonly entryTimeMs: number;
    readonly entryBar: number;
  }[];
  readonly orders: SavedLane["broker"]["orders"];
  readonly closedTrades: number;
  readonly lastSignalTimeMs: number | null;
  readonly strategyState: JsonValue;
};

const openTrade = z.object({
  tradeId: z.number(),
  direction: z.union([z.literal(1), z.literal(-1)]),
  quantity: z.string(),
  entryPrice: z.number(),
  entryTimeMs: z.number(),
  entryBar: z.number(),
});
const ledger = z.object({ cash: z.string(), feesPaid: z.string(), positions: z.array(z.array(openTrade)) });

/** `symbols` are those of the snapshot's instruments, in their order. */
export function viewLane({ broker, strategy }: SavedLane, symbols: readonly string[]): LaneView {
  const { cash, feesPaid, positions } = ledger.parse(broker.account.ledger);
  const trades = positions.flatMap((open, instrument) =>
    open.map(({ direction, ...trade }) => ({
      symbol: symbols[instrument] ?? `instrument ${instrument}`,
      side: direction === 1 ? ("long" as const) : ("short" as const),
      ...trade,
    })),
  );
  return {
    cash,
    feesPaid,
    side: trades[0]?.side ?? "flat",
    positions: trades,
    orders: broker.orders,
    closedTrades: Number(broker.account.figures.closed),
    lastSignalTimeMs: broker.lastSignalTimeMs,
    strategyState: strategy,
  };
}
