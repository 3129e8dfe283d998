import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import { isUnderWay } from "../run/run-status.ts";
import type { RunRecord, RunStore } from "../run/run-store.ts";
import { finishItem } from "../sweep/lane-results.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";

/**
 * The input of a map's child execution, and an element of the list that the map reads: the run to do; for lanes in-sample, the family that they belong to; and, of
 * a run that an earlier execution left under way, that execution, which the child takes it over from.
 */
type MapItem = { readonly runId: string; readonly family?: string; readonly continues?: string };

/** A map ended, and runs of it did not: an emulator that calls a map successful whose children failed, or runs that were cancelled one by one. */
export class SweepItemsError extends Error {
  override readonly name = "SweepItemsError";
}

/** More runs than the machine can take: their answers, of three bytes each, come back in one payload of 256 KiB. */
export class SweepTooLargeError extends InputError {
  override readonly name = "SweepTooLargeError";
}

const mostItems = 80_000;

/** Stores the list of the runs that are not completed; returns its hash, or undefined when there are none. Throws SweepTooLargeError. */
export async function listItems(
  wanted: readonly { readonly runId: string; readonly family?: string }[],
  { objects, runs }: SweepStores,
): Promise<string | undefined> {
  if (wanted.length > mostItems) {
    throw new SweepTooLargeError(
      `The sweep asks for ${wanted.length} runs at once, expected at most ${mostItems}. Use fewer lanes or windows, or several sweeps.`,
    );
  }
  const items: MapItem[] = [];
  for await (const [item, run] of withRuns(wanted, runs)) {
    if (run?.status === "completed") continue;
    const { runId, family } = item;
    const left = run !== undefined && isUnderWay(run) ? run.executionArn : undefined;
    items.push({ runId, ...(family !== undefined && { family }), ...(left !== undefined && { continues: left }) });
  }
  return items.length === 0 ? undefined : objects.put("sweeps", Buffer.from(JSON.stringify(items)));
}

/** Counts the successes of a map itself: throws SweepItemsError naming runs of its list that are not completed. */
export async function assertItemsDone(hash: string, { objects, runs }: SweepStores): Promise<void> {
  const items = JSON.parse(new TextDecoder().decode(await objects.get("sweeps", hash))) as readonly MapItem[];
  const undone: string[] = [];
  for await (const [{ runId }, run] of withRuns(items, runs)) {
    if (run?.status !== "completed") undone.push(`run "${runId}" is ${standOf(run)}`);
  }
  if (undone.length === 0) return;
  throw new SweepItemsError(
    `${undone.length} of ${items.length} runs of a map that ended are not completed: ${undone.slice(0, 3).join("; ")}. Remove the cause and resume the sweep: what is done stays done.`,
  );
}

/** Of runs that did not complete, how they stand; the reads go on a few at a time. */
async function* withRuns<Item extends { readonly runId: string }>(
  items: readonly Item[],
  runs: RunStore,
): AsyncGenerator<readonly [Item, RunRecord | undefined]> {
  for (let from = 0; from < items.length; from += readsAtOnce) {
    const some = items.slice(from, from + readsAtOnce);
    yield* await Promise.all(some.map(async (item) => [item, await runs.getRun(item.runId)] as const));
  }
}

const readsAtOnce = 32;

const familyOf = z.object({ family: z.string().min(1) });

/** Remembers the lanes of a run that the last step of a map's child has completed, when the step's event names their family. Repeating it changes nothing. */
export async function indexLanes(event: unknown, run: RunRecord, stores: Pick<SweepStores, "sweeps">): Promise<void> {
  const parsed = familyOf.safeParse(event);
  if (parsed.success && run.status === "completed") await finishItem(run, parsed.data.family, stores);
}

function standOf(run: RunRecord | undefined): string {
  if (run === undefined) return "gone";
  return run.reason === undefined ? run.status : `${run.status} (${run.reason.name}: ${run.reason.message})`;
}
