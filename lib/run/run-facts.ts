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
  for await (const [part, bytes] of readAhead(parts, objects)) digestParts(digests, part.kind, bytes);
}

/** Parts that are asked for before they are needed, at most: where a store is far away, its answers are what a long run's end waits for. */
const mostAhead = { parts: 16, bytes: 32_000_000 };

/** The parts in their order with their bytes; in memory are those read ahead, and always one. */
async function* readAhead(
  parts: readonly PartReference[],
  objects: ObjectStore,
): AsyncGenerator<readonly [PartReference, Uint8Array]> {
  const ahead: { readonly part: PartReference; readonly bytes: Promise<Uint8Array> }[] = [];
  let next = 0;
  let aheadBytes = 0;
  const hasRoom = (part: PartReference): boolean =>
    ahead.length === 0 || (ahead.length < mostAhead.parts && aheadBytes + part.sizeBytes <= mostAhead.bytes);
  for (;;) {
    for (let part = parts[next]; part !== undefined && hasRoom(part); part = parts[++next]) {
      const bytes = objects.get("parts", part.hash);
      // A read that fails is thrown when its turn comes, and not before.
      bytes.catch(() => undefined);
      ahead.push({ part, bytes });
      aheadBytes += part.sizeBytes;
    }
    const first = ahead.shift();
    if (first === undefined) return;
    yield [first.part, await first.bytes];
    aheadBytes -= first.part.sizeBytes;
  }
}
