import { findSnapshot } from "../../market/find-snapshot.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { clockText, shortId } from "../quantity-text.ts";
import { snapshotDocument, snapshotText } from "./snapshot-text.ts";

/** `data show`: one snapshot, by name or id. */
export async function showData(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const { name, manifest, history } = await atPlace(flags, {
    local: async ({ stores }) => {
      const found = await findSnapshot(reference, stores.snapshots);
      const past = await stores.snapshots.history(reference);
      return { name: past.length === 0 ? null : reference, manifest: found, history: past };
    },
    cloud: async ({ snapshots }) => {
      const { name: known, history: past, ...found } = await snapshots.get(reference);
      return { name: known, manifest: found, history: past };
    },
  });
  const earlier = history
    .slice(1)
    .map((entry) => `  ${shortId(entry.snapshotId)}  until it was replaced, from ${clockText(entry.recordedAtMs)} on`);
  const text = [
    snapshotText(name, manifest),
    ...(earlier.length === 0 ? [] : ["", "The name meant before:", ...earlier]),
  ].join("\n");
  console.answer({ ...snapshotDocument(name, manifest), history }, text);
  return 0;
}
