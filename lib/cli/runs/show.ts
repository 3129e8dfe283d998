import { loadResult } from "../../run/finish.ts";
import { partsOf, readRows } from "../../run/run-facts.ts";
import type { RunEvent, RunRecord } from "../../run/run-store.ts";
import { nextCommands } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { findRun } from "../find-run.ts";
import { atHome, type LocalHome } from "../local-home.ts";
import { clockText, countText, percentText, priceText, timeText } from "../quantity-text.ts";
import { runDocument } from "../run-document.ts";
import { runText } from "../run-text.ts";
import { left, right, textTable } from "../text-table.ts";
import { type FactRecord, readFacts } from "./fact-records.ts";

const shownTrades = 5;

/** `show`: everything about one run. */
export function showRun(reference: string, console: Console): Promise<ExitCode> {
  return atHome(async (home) => {
    const { runs } = home.stores;
    const run = await findRun(reference, runs);
    const document = await runDocument(run, home);
    const [segments, events, checkpoints] = [
      await runs.listSegments(run.runId),
      await runs.listEvents(run.runId),
      await runs.listCheckpoints(run.runId),
    ];
    const trades = await lastTrades(run, home);
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
    console.answer({ ...document, spec: run.spec, segments, events, checkpoints, lastTrades: trades }, text.join("\n"));
    return 0;
  });
}

/** The newest closed trades of the first lane; only the parts that hold them are read. */
async function lastTrades(run: RunRecord, { stores }: LocalHome): Promise<readonly FactRecord[]> {
  const parts = partsOf(await stores.runs.listSegments(run.runId), await loadResult(run, stores)).filter(
    (part) => part.kind === "trades",
  );
  const last: FactRecord[] = [];
  for (const part of [...parts].reverse()) {
    const trades: FactRecord[] = [];
    for await (const rows of readRows("trades", [part], stores.objects))
      if (rows.lane === 0) trades.push(...readFacts("trades", rows));
    last.unshift(...trades.slice(-(shownTrades - last.length)));
    if (last.length >= shownTrades) break;
  }
  return last;
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
