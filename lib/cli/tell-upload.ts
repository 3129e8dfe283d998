import type { UploadProgress } from "../cloud/remote-imports.ts";
import type { Console } from "./console.ts";
import { percentText, sizeText } from "./quantity-text.ts";

/** At most so often is said how far the upload is. */
const tellEveryMs = 1_000;

/** Tells how far an upload is, and when it is done. */
export function tellUpload(console: Console): (progress: UploadProgress) => void {
  let toldAtMs = Date.now();
  return ({ sentBytes, totalBytes }) => {
    const isDone = sentBytes === totalBytes;
    if (!isDone && Date.now() - toldAtMs < tellEveryMs) return;
    toldAtMs = Date.now();
    if (isDone) console.note(`Uploaded ${sizeText(totalBytes)}; importing.`);
    else
      console.note(
        `Uploading: ${sizeText(sentBytes)} of ${sizeText(totalBytes)} (${percentText(sentBytes / totalBytes)})`,
      );
  };
}
