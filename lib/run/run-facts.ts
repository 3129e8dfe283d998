import type { ObjectStore } from "../market/object-store.ts";
import type { RowKind } from "./fact-tables.ts";
import { decodeEquity, decodeRows, type PartRows } from "./parts.ts";
import { digestParts, type LaneDigests, type RunResult } from "./result.ts";
import type { PartReference, SegmentRecord } from "./run-store.ts";

/** Where a run's facts lie: the parts of its segments in order, then those of its forced close. */
export function partsOf(segments: readonly SegmentRecord[], result?: RunResult): readonly PartReference[] {
  return [...segments.flatMap((segment) => segment.parts), ...(result?.closingParts ?? [])];
}

/** The rows of one kind, part after part; only one part is in memory at a time. */
export async function* readRows(
  kind: RowKind,
  parts: readonly PartReference[],
  objects: ObjectStore,
): AsyncGenerator<PartRows> {
  for (const part of parts) {
    if (part.kind === kind) yield* decodeRows(kind, await objects.get("parts", part.hash));
  }
}

/** The equity points of one lane, part after part: one for every `equityEvery`-th bar from the run's first. */
export async function* readEquity(
  lane: number,
  parts: readonly PartReference[],
  objects: ObjectStore,
): AsyncGenerator<Float64Array> {
  for (const part of parts) {
    if (part.kind !== "equity") continue;
    const points = decodeEquity(await objects.get("parts", part.hash))[lane];
    if (points !== undefined) yield points;
  }
}

/** Adds stored parts to the digests, in order. */
export async function digestStoredParts(
  digests: LaneDigests,
  parts: readonly PartReference[],
  objects: ObjectStore,
): Promise<void> {
  for (const part of parts) digestParts(digests, part.kind, await objects.get("parts", part.hash));
}
