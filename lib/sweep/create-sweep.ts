import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../engine/canonical-json.ts";
import { engineVersion } from "../engine/engine-version.ts";
import { specDigest } from "../run/program.ts";
import { type OpenedSweep, openSweep, type SweepStores } from "./open-sweep.ts";
import type { SweepSpec } from "./sweep-spec.ts";
import type { SweepRecord } from "./sweep-store.ts";

/** Law 8: the sweep with this spec over these bars, as it is stored, or a new one. Its id follows from what it computes. */
export async function createSweep(
  written: SweepSpec,
  nowMs: number,
  stores: SweepStores,
): Promise<{ readonly sweep: SweepRecord; readonly isNew: boolean }> {
  const opened = await openSweep(written, stores);
  const { spec, strategy } = opened;
  const digest = sweepSpecDigest(opened);
  const { snapshotId } = opened.snapshot.manifest;
  const name = spec.name ?? spec.base.name ?? strategy.name;
  const sweep: SweepRecord = {
    format: 1,
    sweepId: `${slugOf(name)}-${sha256(canonicalJson({ engineVersion, digest, snapshotId })).slice(0, 12)}`,
    name,
    strategy: strategy.name,
    tags: [...spec.tags],
    spec: z.json().parse(spec),
    specDigest: digest,
    engineVersion,
    snapshotId,
    seed: spec.base.seed,
    status: "pending",
    counts: { total: 0, cached: 0, completed: 0, failed: 0 },
    attempt: 0,
    revision: 1,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    durationMs: 0,
  };
  const isNew = await stores.sweeps.createSweep(sweep);
  return { sweep: (await stores.sweeps.getSweep(sweep.sweepId)) ?? sweep, isNew };
}

/** SHA-256 of all in a sweep's spec that can change its answer: not names, tags, checkpoint policy and limits. */
export function sweepSpecDigest({ spec, strategyDigest }: Pick<OpenedSweep, "spec" | "strategyDigest">): string {
  const { name: _name, tags: _tags, maxLanes: _maxLanes, base, ...rest } = spec;
  return sha256(canonicalJson(z.json().parse({ ...rest, base: specDigest(base, strategyDigest) })));
}

/** The readable part of an id; runs of the sweep add to it. */
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return slug === "" ? "sweep" : slug;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
