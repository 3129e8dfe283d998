import { parseSpec } from "./parse-spec.ts";
import type { RunRecord } from "./run-store.ts";
import type { Spec } from "./spec.ts";

/** The spec that a run was created with, every default filled in. */
export function storedSpec(run: RunRecord): Spec {
  return parseSpec(run.spec, `The stored spec of run "${run.runId}"`);
}
