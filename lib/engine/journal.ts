import { FillRows, TradeRows } from "./fact-columns.ts";
import type { Fill, Trade } from "./facts.ts";
import {
  foldFill,
  foldTrade,
  restoreTradeFigures,
  type SavedTradeFigures,
  saveTradeFigures,
  startTradeFigures,
  type TradeFigures,
} from "./trade-statistics.ts";

/** What one lane's fills and closed trades leave behind: running figures always, the rows themselves where facts are kept. */
export class Journal {
  readonly #keepsFacts: boolean;
  readonly figures: TradeFigures;
  #fills = new FillRows();
  #trades = new TradeRows();

  constructor(facts: "full" | "summary", saved?: SavedTradeFigures) {
    this.#keepsFacts = facts === "full";
    this.figures = saved === undefined ? startTradeFigures() : restoreTradeFigures(saved);
  }

  /** Notes a fill; the caller may overwrite the object afterwards. */
  addFill(fill: Fill): void {
    foldFill(this.figures, fill);
    if (this.#keepsFacts) this.#fills.push(fill);
  }

  /** Notes a closed trade; the caller may overwrite the object afterwards. */
  addTrade(trade: Trade): void {
    foldTrade(this.figures, trade);
    if (this.#keepsFacts) this.#trades.push(trade);
  }

  /** The fills and trades since the last call. */
  takeFacts(): { fills: FillRows; trades: TradeRows } {
    const facts = { fills: this.#fills, trades: this.#trades };
    this.#fills = new FillRows();
    this.#trades = new TradeRows();
    return facts;
  }

  save(): SavedTradeFigures {
    return saveTradeFigures(this.figures);
  }
}
