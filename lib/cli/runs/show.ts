import type { FactRecord } from "../../report/fact-records.ts";
import { runDetails } from "../../report/run-details.ts";
import { findRun } from "../../run/find-run.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunEvent } from "../../run/run-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { clockText, countText, percentText, priceText, timeText } from "../quantity-text.ts";
import { runText } from "../run-text.ts";
import { nextCommands } from "../tell-run.ts";
import { left, right, textTable } from "../text-table.ts";

/** `show`: everything about one run. */
export async function showRun(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const document = await atPlace(flags, {
    local: async (home) => runDetails(await findRun(reference, home.stores.runs), home),
    cloud: ({ runs }) => runs.get(reference),
  });
  const { runId, status, stale, data, events, lastTrades: trades } = document;
  const next =
    status === "completed" ? nextCommands(runId, console) : `Next: ${console.hint(`backstitch resume ${runId}`)}`;
  const text = [
    runText(document),
    trades.length === 0
      ? []
      : ["", document.lanes.length === 1 ? "Last trades:" : "Last trades of lane 0:", tradesTable(trades)],
    events.length === 0 ? [] : ["", "History:", eventsTable(events, data.startBar)],
    isUnderWay(document) && !stale ? [] : ["", next],
  ].flat();
  console.answer(document, text.join("\n"));
  return 0;
}

function tradesTable(trades: readonly FactRecord[]): string {
  const columns = [
    left("  SIDE"),
    right("QUANTITY"),
    left("ENTRY"),
    right("PRICE"),
    left("EXIT"),
    right("PRICE"),
    right("NET PROFIT"),
    right("RETURN"),
  ];
  const rows = trades.map((trade) => [
    `  ${String(trade.side)}`,
    String(trade.quantity),
    timeText(Number(trade.entryTimeMs)),
    priceText(Number(trade.entryPrice)),
    timeText(Number(trade.exitTimeMs)),
    priceText(Number(trade.exitPrice)),
    String(trade.netProfit),
    percentText(Number(trade.returnFraction)),
  ]);
  return textTable(columns, rows);
}

function eventsTable(events: readonly RunEvent[], startBar: number): string {
  return events
    .map(
      ({ atMs, attempt, kind, barIndex, message }) =>
        `  ${clockText(atMs)}  attempt ${attempt}  ${kind} at bar ${countText(barIndex - startBar)}${message === undefined ? "" : `: ${message}`}`,
    )
    .join("\n");
}
