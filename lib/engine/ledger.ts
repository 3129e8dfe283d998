import type { ExitReason, Fill, Trade } from "./facts.ts";
import type { Journal } from "./journal.ts";
import type { JsonValue } from "./json.ts";
import { add, type Fixed, formatFixed, parseFixed, proportion, subtract, toNumber } from "./money.ts";

/** A position's unit of account: what one entry fill opened and what is left of it. `entryValue` and `entryFee` belong to what is left. */
export type OpenTrade = {
  readonly tradeId: number;
  readonly direction: 1 | -1;
  quantity: Fixed;
  readonly entryBar: number;
  readonly entryTimeMs: number;
  readonly entryPrice: number;
  entryValue: Fixed;
  entryFee: Fixed;
  /** The first bar whose whole range was seen while the trade was open: the entry's own when it was filled at the open, else the next. */
  readonly rangeFromBar: number;
  /** Highest and lowest price seen since the entry. */
  highest: number;
  lowest: number;
  readonly tag: string | null;
};

/** How a fill came about: whether at the bar's open, and why it closes what it closes. */
export type Booking = { readonly atOpen: boolean; readonly exitReason: ExitReason };

/**
 * Cash and positions of one lane, in any number of instruments. Cash moves only through `apply`; the trades it closes add up to that
 * movement to the last unit. A short sale adds its proceeds to the cash and locks twice its entry value (proceeds and as much again as collateral).
 */
export class Ledger {
  cash: Fixed;
  feesPaid: Fixed = 0;
  nextTradeId = 1;
  /** Open trades per instrument, oldest first; all of one instrument have the same direction. */
  readonly positions: OpenTrade[][];
  readonly #closed = blankTrade();

  constructor(cash: Fixed, instrumentCount: number) {
    this.cash = cash;
    this.positions = Array.from({ length: instrumentCount }, () => []);
  }

  /** Signed units held: negative when short. */
  quantityOf(instrument: number): Fixed {
    const trades = this.openTrades(instrument);
    if (trades.length === 0) return 0;
    let sum: Fixed = 0;
    for (let i = 0; i < trades.length; i++) sum = add(sum, (trades[i] as OpenTrade).quantity);
    return trades[0]?.direction === 1 ? sum : subtract(0, sum);
  }

  openTrades(instrument: number): OpenTrade[] {
    const trades = this.positions[instrument];
    if (trades === undefined)
      throw new RangeError(`The ledger holds ${this.positions.length} instruments, asked for number ${instrument}.`);
    return trades;
  }

  /** Cash that an entry may spend: a short trade's proceeds and an equal collateral are locked. */
  available(): Fixed {
    let available = this.cash;
    for (const trades of this.positions) {
      for (const trade of trades) {
        if (trade.direction === -1) available = subtract(subtract(available, trade.entryValue), trade.entryValue);
      }
    }
    return available;
  }

  /** Books a fill: closes open trades of the other direction (oldest first, or only `tradeId`), which the journal gets, and opens a trade with the rest. */
  apply(fill: Fill, tradeId: number | null, how: Booking, journal: Journal): void {
    const direction = fill.side === "buy" ? 1 : -1;
    const afterValue = direction === 1 ? subtract(this.cash, fill.value) : add(this.cash, fill.value);
    this.cash = subtract(afterValue, fill.fee);
    this.feesPaid = add(this.feesPaid, fill.fee);

    const trades = this.openTrades(fill.instrument);
    let done: Fixed = 0;
    for (let i = 0; i < trades.length && done < fill.quantity; ) {
      const trade = trades[i] as OpenTrade;
      if (trade.direction === direction) break;
      if (tradeId !== null && trade.tradeId !== tradeId) {
        i++;
        continue;
      }
      const left = subtract(fill.quantity, done);
      let quantity = left;
      if (trade.quantity < left) quantity = trade.quantity;
      closePart(trade, quantity, done, fill, this.#closed);
      this.#closed.exitReason = how.exitReason;
      journal.addTrade(this.#closed);
      done = add(done, quantity);
      if (trade.quantity === 0) {
        if (trades.length === 1) trades.pop();
        else trades.splice(i, 1);
      }
    }
    if (done < fill.quantity) trades.push(this.#open(fill, direction, done, how.atOpen ? fill.bar : fill.bar + 1));
  }

  #open(fill: Fill, direction: 1 | -1, done: Fixed, rangeFromBar: number): OpenTrade {
    return {
      tradeId: this.nextTradeId++,
      direction,
      quantity: subtract(fill.quantity, done),
      entryBar: fill.bar,
      entryTimeMs: fill.timeMs,
      entryPrice: fill.price,
      entryValue: subtract(fill.value, proportion(fill.value, done, fill.quantity)),
      entryFee: subtract(fill.fee, proportion(fill.fee, done, fill.quantity)),
      rangeFromBar,
      highest: fill.price,
      lowest: fill.price,
      tag: fill.tag,
    };
  }

  save(): JsonValue {
    return {
      cash: formatFixed(this.cash),
      feesPaid: formatFixed(this.feesPaid),
      nextTradeId: this.nextTradeId,
      positions: this.positions.map((trades) => trades.map(saveTrade)),
    };
  }

  static restore(state: SavedLedger): Ledger {
    const ledger = new Ledger(parseFixed(state.cash), state.positions.length);
    ledger.feesPaid = parseFixed(state.feesPaid);
    ledger.nextTradeId = state.nextTradeId;
    state.positions.forEach((trades, instrument) => {
      ledger.openTrades(instrument).push(...trades.map(restoreTrade));
    });
    return ledger;
  }
}

export type SavedLedger = {
  readonly cash: string;
  readonly feesPaid: string;
  readonly nextTradeId: number;
  readonly positions: readonly (readonly SavedTrade[])[];
};

export type SavedTrade = Omit<OpenTrade, "quantity" | "entryValue" | "entryFee"> & {
  readonly quantity: string;
  readonly entryValue: string;
  readonly entryFee: string;
};

/** The piece of `amount` for the units [before, before + quantity) of `whole`. */
function piece(amount: Fixed, before: Fixed, quantity: Fixed, whole: Fixed): Fixed {
  if (quantity === whole) return amount;
  // Running totals are rounded, never the pieces, so that the pieces add up.
  return subtract(proportion(amount, add(before, quantity), whole), proportion(amount, before, whole));
}

type ClosedTrade = { -readonly [Field in keyof Trade]: Trade[Field] };

/** The one closed trade of a ledger, written anew for each (as the one fill of an account is). */
function blankTrade(): ClosedTrade {
  return {
    tradeId: 0,
    instrument: 0,
    side: "long",
    quantity: 0,
    entryBar: 0,
    entryTimeMs: 0,
    entryPrice: 0,
    exitBar: 0,
    exitTimeMs: 0,
    exitPrice: 0,
    grossProfit: 0,
    fees: 0,
    netProfit: 0,
    returnFraction: 0,
    maxAdverse: 0,
    maxFavorable: 0,
    entryTag: null,
    exitTag: null,
    exitReason: "order",
  };
}

/** Takes `quantity` out of an open trade and describes it in `closed`; `before` is what the same fill has closed already. */
function closePart(trade: OpenTrade, quantity: Fixed, before: Fixed, fill: Fill, closed: ClosedTrade): void {
  const entryValue = proportion(trade.entryValue, quantity, trade.quantity);
  const entryFee = proportion(trade.entryFee, quantity, trade.quantity);
  const exitValue = piece(fill.value, before, quantity, fill.quantity);
  const exitFee = piece(fill.fee, before, quantity, fill.quantity);
  trade.quantity = subtract(trade.quantity, quantity);
  trade.entryValue = subtract(trade.entryValue, entryValue);
  trade.entryFee = subtract(trade.entryFee, entryFee);

  const long = trade.direction === 1;
  const grossProfit = long ? subtract(exitValue, entryValue) : subtract(entryValue, exitValue);
  const fees = add(entryFee, exitFee);
  const netProfit = subtract(grossProfit, fees);
  const units = toNumber(quantity);
  const up = (Math.max(trade.highest, fill.price) - trade.entryPrice) * units;
  const down = (Math.min(trade.lowest, fill.price) - trade.entryPrice) * units;
  closed.tradeId = trade.tradeId;
  closed.instrument = fill.instrument;
  closed.side = long ? "long" : "short";
  closed.quantity = quantity;
  closed.entryBar = trade.entryBar;
  closed.entryTimeMs = trade.entryTimeMs;
  closed.entryPrice = trade.entryPrice;
  closed.exitBar = fill.bar;
  closed.exitTimeMs = fill.timeMs;
  closed.exitPrice = fill.price;
  closed.grossProfit = grossProfit;
  closed.fees = fees;
  closed.netProfit = netProfit;
  closed.returnFraction = entryValue === 0 ? 0 : Number(netProfit) / Number(entryValue);
  closed.maxAdverse = long ? down : 0 - up;
  closed.maxFavorable = long ? up : 0 - down;
  closed.entryTag = trade.tag;
  closed.exitTag = fill.tag;
}

function saveTrade(trade: OpenTrade): JsonValue {
  return {
    ...trade,
    quantity: formatFixed(trade.quantity),
    entryValue: formatFixed(trade.entryValue),
    entryFee: formatFixed(trade.entryFee),
  };
}

function restoreTrade(saved: SavedTrade): OpenTrade {
  return {
    ...saved,
    quantity: parseFixed(saved.quantity),
    entryValue: parseFixed(saved.entryValue),
    entryFee: parseFixed(saved.entryFee),
  };
}
