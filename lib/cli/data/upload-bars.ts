import type { BarsRequest } from "../../api/uploads.ts";
import type { RemoteSnapshots } from "../../cloud/remote-snapshots.ts";
import type { Console } from "../console.ts";
import { tellUpload } from "../tell-upload.ts";

/** Sends the files, has them imported and waits for it, telling how far it is; returns how many bars came new. */
export function uploadBars(
  files: readonly string[],
  request: BarsRequest,
  snapshots: RemoteSnapshots,
  console: Console,
): Promise<number> {
  return snapshots.import(files, request, tellUpload(console));
}
