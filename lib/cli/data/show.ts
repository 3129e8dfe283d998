import { findSnapshot } from "../../market/find-snapshot.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { clockText, shortId } from "../quantity-text.ts";
import { snapshotDocument, snapshotText } from "./snapshot-text.ts";

/** `data show`: one snapshot, by name or id. */
export function showData(reference: string, console: Console): Promise<ExitCode> {
  return atHome(async ({ stores }) => {
    const manifest = await findSnapshot(reference, stores.snapshots);
    const history = await stores.snapshots.history(reference);
    const name = history.length === 0 ? null : reference;
    const earlier = history
      .slice(1)
      .map(
        (entry) => `  ${shortId(entry.snapshotId)}  until it was replaced, from ${clockText(entry.recordedAtMs)} on`,
      );
    const text = [
      snapshotText(name, manifest),
      ...(earlier.length === 0 ? [] : ["", "The name meant before:", ...earlier]),
    ].join("\n");
    console.answer({ ...snapshotDocument(name, manifest), history }, text);
    return 0;
  });
}
