import { type CheckpointDocument, checkpointDocument } from "../../report/checkpoint-document.ts";
import type { LaneView } from "../../report/lane-view.ts";
import { findCheckpoint } from "../../run/find-checkpoint.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { clockText, countOf, countText, sizeText, timeText } from "../quantity-text.ts";
import { nameList } from "../text-table.ts";

/** Lanes shown one by one; the rest is in --json. */
const shownLanes = 5;

/** `checkpoints show`: what a state holds. */
export async function showCheckpoint(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const document = await atPlace(flags, {
    local: async ({ stores }) => checkpointDocument(await findCheckpoint(reference, stores.runs), stores),
    cloud: ({ checkpoints }) => checkpoints.get(reference),
  });
  console.answer(document, checkpointText(document));
  return 0;
}

function checkpointText(record: CheckpointDocument): string {
  const { lanes, columns, checkpointOf: runIds } = record;
  const head = nameList([
    ["Checkpoint", record.checkpointId],
    ["Run", `${record.runId}, sequence ${record.sequence}`],
    runIds.length === 1 ? undefined : ["Same state", runIds.join("\n")],
    ["Parent", record.parentId ?? "none: the first of its run"],
    ["Bar index", `${countText(record.barIndex)} (the next bar to do)`],
    ["Bar time", `${timeText(record.barTimeMs)} (open of the last bar done)`],
    ["Saved", clockText(record.createdAtMs)],
    ["Size", `${sizeText(record.stateBytes)}, format ${record.format}, engine version ${record.engineVersion}`],
    ["Spec digest", record.specDigest],
    ["Snapshot", record.snapshotId],
    ["Columns", columns.length === 0 ? "none" : columns.join("\n")],
  ]);
  const shown = lanes
    .slice(0, shownLanes)
    .map((lane, index) => `${lanes.length === 1 ? "Account" : `Lane ${index}`}:\n${laneText(lane)}`);
  const rest =
    lanes.length > shownLanes ? [`… and ${countOf(lanes.length - shownLanes, "more lane")}: see --json`] : [];
  return [head, ...shown, ...rest].join("\n\n");
}

function laneText(lane: LaneView): string {
  const positions = lane.positions.map(
    ({ symbol, side, quantity, entryPrice, entryTimeMs, entryBar }) =>
      `${symbol} ${side} ${quantity} since ${timeText(entryTimeMs)} (bar ${countText(entryBar)}) at ${entryPrice}`,
  );
  const orders = lane.orders.map(({ orderId, side, type, quantity, limit, stop, submittedBar }) => {
    const prices = [limit === null ? [] : [`limit ${limit}`], stop === null ? [] : [`stop ${stop}`]].flat();
    return [
      `${orderId}: ${side} ${quantity ?? "(sized at the fill)"} ${type}`,
      ...prices,
      `since bar ${countText(submittedBar)}`,
    ].join(", ");
  });
  return nameList([
    ["Cash", lane.cash],
    ["Fees paid", lane.feesPaid],
    ["Side", lane.side],
    ["Positions", positions.length === 0 ? "none" : positions.join("\n")],
    ["Waiting orders", orders.length === 0 ? "none" : orders.join("\n")],
    ["Closed trades", countText(lane.closedTrades)],
    ["Last signal", lane.lastSignalTimeMs === null ? "none" : timeText(lane.lastSignalTimeMs)],
    ["Strategy state", JSON.stringify(lane.strategyState).slice(0, 200)],
  ]);
}
