import type { ImportRequest } from "../../api/snapshot-uploads.ts";
import type { RemoteSnapshots } from "../../cloud/remote-snapshots.ts";
import type { Console } from "../console.ts";
import { percentText, sizeText } from "../quantity-text.ts";

/** At most so often is said how far the upload is. */
const tellEveryMs = 1_000;

/** Sends the files, has them imported and waits for it, telling how far it is; returns how many bars came new. */
export async function uploadBars(
  files: readonly string[],
  request: ImportRequest,
  snapshots: RemoteSnapshots,
  console: Console,
): Promise<number> {
  let toldAtMs = Date.now();
  return snapshots.import(files, request, ({ sentBytes, totalBytes }) => {
    const isDone = sentBytes === totalBytes;
    if (!isDone && Date.now() - toldAtMs < tellEveryMs) return;
    toldAtMs = Date.now();
    if (isDone) console.note(`Uploaded ${sizeText(totalBytes)}; importing.`);
    else
      console.note(
        `Uploading: ${sizeText(sentBytes)} of ${sizeText(totalBytes)} (${percentText(sentBytes / totalBytes)})`,
      );
  });
}
