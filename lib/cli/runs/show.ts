import type { FactRecord } from "../../report/fact-records.ts";
import { runDetails } from "../../report/run-details.ts";
import { findRun } from "../../run/find-run.ts";
import type { RunEvent, RunRecord } from "../../run/run-store.ts";
import { nextCommands } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { clockText, countText, percentText, priceText, timeText } from "../quantity-text.ts";
import { runText } from "../run-text.ts";
import { left, right, textTable } from "../text-table.ts";

/** `show`: everything about one run. */
export function showRun(reference: string, console: Console): Promise<ExitCode> {
  return atHome(async (home) => {
    const { runs } = home.stores;
    const run = await findRun(reference, runs);
    const document = await runDetails(run, home);
    const { events, lastTrades: trades } = document;
    const next = run.status === "completed" ? nextCommands(run.runId) : `Next: backstitch resume ${run.runId}`;
    const isIdle = run.status === "completed" || document.stale || run.owner === undefined;
    const text = [
      runText(document),
      trades.length === 0
        ? []
        : ["", document.lanes.length === 1 ? "Last trades:" : "Last trades of lane 0:", tradesTable(trades)],
      events.length === 0 ? [] : ["", "History:", eventsTable(events, run)],
      isIdle ? ["", next] : [],
    ].flat();
    console.answer(document, text.join("\n"));
    return 0;
  });
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

function eventsTable(events: readonly RunEvent[], run: RunRecord): string {
  return events
    .map(
      ({ atMs, attempt, kind, barIndex, message }) =>
        `  ${clockText(atMs)}  attempt ${attempt}  ${kind} at bar ${countText(barIndex - run.startBar)}${message === undefined ? "" : `: ${message}`}`,
    )
    .join("\n");
}
