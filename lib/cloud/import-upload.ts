import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { importFiles } from "../api/import-files.ts";
import { modelRequestSchema } from "../api/model-schemas.ts";
import { importRequestSchema } from "../api/snapshot-schemas.ts";
import type { ImportDone, ImportRequest } from "../api/uploads.ts";
import { InputError } from "../engine/input-error.ts";
import type { SnapshotStores } from "../market/import-bars.ts";
import { downloadFiles, getDone, getUpload, putDone, removeFiles, type UploadPlace } from "./upload-objects.ts";

/** What the state machine "Import" is started with. */
export type ImportCall = { readonly uploadId: string; readonly request: ImportRequest };

/** An import of an upload that is not there, or was asked for in another form. */
export class ImportCallError extends InputError {
  override readonly name = "ImportCallError";
}

const modelCall = modelRequestSchema.extend({ kind: z.literal("model") });
const importCall = z.object({ uploadId: z.uuid(), request: z.union([importRequestSchema, modelCall]) });

/** The call in an event; throws ImportCallError naming the field. */
export function parseImportCall(event: unknown): ImportCall {
  const parsed = importCall.safeParse(event);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new ImportCallError(
    `An import expects { uploadId, request } and found: ${faults.join("; ")}. Use POST /snapshots/{uploadId}/import or POST /models/{uploadId}/import.`,
  );
}

/** Imports an upload's files and then removes them; a repeat answers what the first gave. Throws ImportCallError, and what `importFiles` throws. */
export async function importUpload(
  call: ImportCall,
  access: Omit<UploadPlace, "uploadId">,
  stores: SnapshotStores,
  nowMs: number,
): Promise<ImportDone> {
  const place = { ...access, uploadId: call.uploadId };
  const before = await getDone(place);
  if (before !== undefined) return before;
  const upload = await getUpload(place);
  if (upload === undefined)
    throw new ImportCallError(
      `Upload ${call.uploadId} is not there any more. Send the files again: POST /snapshots or POST /models`,
    );
  const folder = await mkdtemp(join(tmpdir(), "import-"));
  try {
    const done = await importFiles(await downloadFiles(place, upload, folder), call.request, stores, nowMs);
    await putDone(place, done);
    await removeFiles(place, upload);
    return done;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
