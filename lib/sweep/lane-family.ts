import { createHash } from "node:crypto";
import { canonicalJson } from "../engine/canonical-json.ts";
import { engineVersion } from "../engine/engine-version.ts";
import type { JsonValue } from "../engine/json.ts";
import type { Strategy } from "../engine/strategy.ts";
import { onlyInstrument, type Snapshot } from "../market/open-snapshot.ts";
import { specDigest } from "../run/program.ts";
import type { Spec } from "../run/spec.ts";
import type { Point } from "./parameter-space.ts";
import type { BarRange } from "./windows.ts";

/**
 * The digest of all that lanes over one range have in common: engine version, spec without parameters, and the bars themselves. A lane is found by its family
 * and its parameters (law 8), whatever run it was computed in, and bars appended to the snapshot change neither.
 */
export function laneFamily(spec: Spec, strategyDigest: string, bars: string): string {
  const { lanes: _lanes, ...strategy } = spec.strategy;
  const common = specDigest({ ...spec, strategy: { ...strategy, params: {} } }, strategyDigest);
  return sha256(canonicalJson({ engineVersion, common, bars }));
}

/** The parameters of a lane with their defaults filled in, as its result states them. The point must be one that the strategy takes. */
export function laneParamsOf(strategy: Strategy, baseParams: object, point: Point): JsonValue {
  return JSON.parse(JSON.stringify(strategy.params.parse({ ...baseParams, ...point })));
}

/** The text by which a lane is known in its family. */
export function laneKey(params: JsonValue): string {
  return canonicalJson(params);
}

/**
 * SHA-256 of the bars of a range, their absolute numbers, timeframe and lot: of whole chunks inside it their hashes, of the rest its bytes. The same bars in a
 * longer snapshot give the same digest, for a chunk that is full never changes.
 */
export async function rangeDigest({ startBar, endBar }: BarRange, snapshot: Snapshot): Promise<string> {
  const { timeframe, lot, chunks } = onlyInstrument(snapshot.manifest);
  const { chunkBars } = snapshot.manifest;
  const hash = createHash("sha256").update(canonicalJson({ startBar, endBar, timeframe, lot: lot ?? null }));
  for (let from = startBar; from < endBar; ) {
    const index = Math.floor(from / chunkBars);
    const to = Math.min(endBar, (index + 1) * chunkBars);
    const chunk = chunks[index];
    if (to - from === chunkBars && chunk !== undefined) hash.update(chunk.hash);
    else {
      const { openTimeMs, open, high, low, close, volume } = await snapshot.read(from, to);
      for (const column of [openTimeMs, open, high, low, close, volume])
        hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    }
    from = to;
  }
  return hash.digest("hex");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
