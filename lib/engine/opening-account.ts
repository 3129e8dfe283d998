import type { SavedBroker } from "./broker.ts";
import type { SavedLedger, SavedTrade } from "./ledger.ts";
import { saveTradeFigures, startTradeFigures } from "./trade-statistics.ts";

/**
 * What an account holds when its run begins to trade: exact cash, open trades with their entries and the prices seen since, and the orders that wait. Amounts and quantities
 * are decimal texts; bars are absolute, so that trades keep the bar of their entry.
 */
export type OpeningAccount = Pick<SavedBroker, "orders" | "nextOrder" | "ownIds" | "lastSignalTimeMs"> & {
  readonly cash: string;
  readonly nextTradeId: number;
  /** Oldest first, all in one direction. */
  readonly trades: readonly SavedTrade[];
};

/** What the account of a run that has ended leaves to one that goes on with it: everything but what is counted for metrics. */
export function openingAccountOf({
  account,
  orders,
  nextOrder,
  ownIds,
  lastSignalTimeMs,
}: SavedBroker): OpeningAccount {
  const { cash, nextTradeId, positions } = account.ledger as unknown as SavedLedger;
  return { cash, nextTradeId, trades: positions[0] ?? [], orders, nextOrder, ownIds, lastSignalTimeMs };
}

/** The broker that holds it, with nothing counted yet. */
export function openingBroker(opening: OpeningAccount): SavedBroker {
  const { cash, nextTradeId, trades, ...waiting } = opening;
  const ledger: SavedLedger = { cash, feesPaid: "0", nextTradeId, positions: [trades] };
  return {
    ...waiting,
    account: { ledger: JSON.parse(JSON.stringify(ledger)), figures: saveTradeFigures(startTradeFigures()) },
    ambiguousBars: 0,
    rejections: 0,
  };
}
