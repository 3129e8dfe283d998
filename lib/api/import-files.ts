import { basename } from "node:path";
import { InputError } from "../engine/input-error.ts";
import { appendBars } from "../market/append-bars.ts";
import { BarsInputError } from "../market/bars-input-error.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import { importBars, type SnapshotStores } from "../market/import-bars.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import { importModel } from "./import-model.ts";
import type { BarsDone, BarsRequest, ImportDone, ImportRequest } from "./uploads.ts";

/** The name came to mean another snapshot while bars were appended to it. */
export class AppendLostError extends InputError {
  override readonly name = "AppendLostError";
}

/** Imports or appends files that are here, as a request says. Throws BarsInputError naming file, line and column, AppendLostError, and what `importModel` throws. */
export async function importFiles(
  files: readonly string[],
  request: ImportRequest,
  stores: SnapshotStores,
  nowMs: number,
): Promise<ImportDone> {
  if (request.kind === "model") return importModel(files, request, stores.objects, nowMs);
  try {
    return await takeBars(files, request, stores, nowMs);
  } catch (error) {
    if (!(error instanceof BarsInputError)) throw error;
    // Whoever sent a file knows it by its name, and nothing of the folder where it lies here.
    const message = files.reduce((text, file) => text.replaceAll(file, basename(file)), error.message);
    throw new BarsInputError(message, { cause: error });
  }
}

async function takeBars(
  files: readonly string[],
  request: BarsRequest,
  stores: SnapshotStores,
  nowMs: number,
): Promise<BarsDone> {
  const { name } = request;
  if (request.kind === "import") {
    const { kind: _, ...options } = request;
    const manifest = await importBars({ ...options, files, nowMs }, stores);
    return { status: "done", name, snapshotId: manifest.snapshotId, addedBarCount: onlyInstrument(manifest).barCount };
  }
  const { kind: _, ...options } = request;
  const base = await findSnapshot(name, stores.snapshots);
  const outcome = await appendBars({ ...options, base, files, nowMs }, stores);
  switch (outcome.kind) {
    case "appended":
      return { status: "done", name, snapshotId: outcome.manifest.snapshotId, addedBarCount: outcome.addedBarCount };
    case "nothingNew":
      return { status: "done", name, snapshotId: base.snapshotId, addedBarCount: 0 };
    case "superseded":
      throw new AppendLostError(`Snapshot "${name}" was changed by somebody else meanwhile. Append again.`);
  }
}
