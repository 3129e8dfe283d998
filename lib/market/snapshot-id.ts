import { createHash } from "node:crypto";
import { canonicalJson } from "../engine/canonical-json.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";

/** The manifest with its id: the SHA-256 of the canonical JSON of what it holds, not of where that came from. */
export function withSnapshotId(manifest: Omit<SnapshotManifest, "snapshotId">): SnapshotManifest {
  return { ...manifest, snapshotId: snapshotIdOf(manifest) };
}

/** The id that this manifest's content has. */
export function snapshotIdOf(manifest: Omit<SnapshotManifest, "snapshotId">): string {
  const { format, chunkBars, instruments, corporateActions, missing, adjust } = manifest;
  const content = canonicalJson({ format, chunkBars, instruments, corporateActions, missing, adjust });
  return createHash("sha256").update(content).digest("hex");
}
