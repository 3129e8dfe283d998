import { existsSync } from "node:fs";
import { InputError } from "../../engine/input-error.ts";
import { type AppendOptions, appendBars } from "../../market/append-bars.ts";
import { findSnapshot } from "../../market/find-snapshot.ts";
import type { SnapshotManifest } from "../../market/snapshot-manifest.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { countOf, shortId } from "../quantity-text.ts";
import { type ReadingFlags, readingOptions } from "./import.ts";
import { snapshotDocument, snapshotText } from "./snapshot-text.ts";
import { uploadBars } from "./upload-bars.ts";

export type AppendFlags = CloudFlags & { readonly name?: string; readonly timezone?: string } & ReadingFlags;

/** The name to append to is not clear, or somebody else appended at the same time. */
export class AppendError extends InputError {
  override readonly name = "AppendError";
}

/** `data append`: later bars for a snapshot, which then goes by the same name. */
export async function appendData(operands: readonly string[], flags: AppendFlags, console: Console): Promise<ExitCode> {
  const { name, files } = nameAndFiles(operands, flags.name);
  const options = {
    name,
    ...(flags.timezone === undefined ? {} : { timeZone: flags.timezone }),
    ...readingOptions(flags),
  };
  const { base, outcome } = await atPlace<Appended>(flags, {
    local: (home) => appendHere(files, options, home),
    cloud: async ({ snapshots }) => {
      const { name: _, history: _h, ...before } = await snapshots.get(name);
      const addedBarCount = await uploadBars(files, { kind: "append", ...options }, snapshots, console);
      const { name: _n, history: _i, ...manifest } = await snapshots.get(name);
      const kind = addedBarCount === 0 ? "nothingNew" : "appended";
      return { base: before, outcome: { kind, manifest, addedBarCount, overlapRowCount: 0 } };
    },
  });
  const { kind, addedBarCount, manifest } = outcome;
  console.answer(
    { kind, addedBarCount, ...snapshotDocument(name, manifest) },
    `${headline(name, base, outcome)}\n\n${snapshotText(name, manifest)}`,
  );
  return 0;
}

type Appended = { readonly base: SnapshotManifest; readonly outcome: Added };
type Added = {
  readonly kind: "appended" | "nothingNew";
  readonly manifest: SnapshotManifest;
  readonly addedBarCount: number;
  /** Rows that were stored already; not known of an append on the cloud. */
  readonly overlapRowCount: number;
};

async function appendHere(
  files: readonly string[],
  options: Omit<AppendOptions, "base" | "files" | "nowMs">,
  home: LocalHome,
): Promise<Appended> {
  const { name } = options;
  const base = await namedSnapshot(name, home);
  const outcome = await appendBars({ base, files, nowMs: Date.now(), ...options }, home.stores);
  if (outcome.kind === "superseded") {
    throw new AppendError(
      `Snapshot "${name}" was changed by somebody else meanwhile (it is ${shortId(outcome.newestId ?? "gone")} now). Append again.`,
    );
  }
  return { base, outcome: { ...outcome, addedBarCount: outcome.kind === "appended" ? outcome.addedBarCount : 0 } };
}

function nameAndFiles(
  operands: readonly string[],
  flag: string | undefined,
): { readonly name: string; readonly files: readonly string[] } {
  if (flag !== undefined) return { name: flag, files: operands };
  const [name = "", ...files] = operands;
  if (files.length > 0 && !existsSync(name)) return { name, files };
  throw new AppendError(
    "--name: expected the snapshot to add to, found none. Give it as in --name sp500; see backstitch data ls.",
  );
}

/** An id may stand for the base only while it is what a name means now: the name is what the append moves on. */
async function namedSnapshot(name: string, { stores }: LocalHome): Promise<SnapshotManifest> {
  const manifest = await findSnapshot(name, stores.snapshots);
  if ((await stores.snapshots.history(name)).length > 0) return manifest;
  const names = (await stores.snapshots.list())
    .filter((entry) => entry.snapshotId === manifest.snapshotId)
    .map((entry) => entry.name);
  throw new AppendError(
    `--name ${name}: expected a name, found an id. ${names.length === 0 ? "See backstitch data ls." : `It goes by: ${names.join(", ")}.`}`,
  );
}

function headline(name: string, base: SnapshotManifest, outcome: Added): string {
  const overlap =
    outcome.overlapRowCount === 0 ? "" : ` ${countOf(outcome.overlapRowCount, "row")} were stored already.`;
  if (outcome.kind === "nothingNew") return `Nothing new for snapshot "${name}": every bar is stored already.`;
  const shared =
    base.instruments[0]?.chunks.filter(({ hash }) =>
      outcome.manifest.instruments[0]?.chunks.some((chunk) => chunk.hash === hash),
    ).length ?? 0;
  return `Added ${countOf(outcome.addedBarCount, "bar")} to snapshot "${name}"; ${countOf(shared, "full chunk")} shared with the one before (${shortId(base.snapshotId)}).${overlap}`;
}
