import type { Strategy } from "../engine/strategy.ts";
import { bollingerReversion } from "./bollinger-reversion.ts";
import { buyAndHold } from "./buy-and-hold.ts";
import { donchianBreakout } from "./donchian-breakout.ts";
import { macdCross } from "./macd-cross.ts";
import { model } from "./model.ts";
import { rsiReversion } from "./rsi-reversion.ts";
import { smaCross } from "./sma-cross.ts";

/** The strategies that come with the project, by name. */
export const builtInStrategies: ReadonlyMap<string, Strategy> = new Map(
  [bollingerReversion, buyAndHold, donchianBreakout, macdCross, model, rsiReversion, smaCross].map((strategy) => [
    strategy.name,
    strategy,
  ]),
);
