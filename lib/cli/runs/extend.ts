import type { Remote } from "../../cloud/remote.ts";
import { runDocument } from "../../report/run-document.ts";
import { extendRun, extensionSpec } from "../../run/branch-run.ts";
import { findRun } from "../../run/find-run.ts";
import { type Change, setFields } from "../../run/set-fields.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import { computeRun } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { countOf } from "../quantity-text.ts";
import { parseChanges } from "../set-fields.ts";
import { tellCourse, tellExisting } from "../tell-run.ts";

export type ExtendFlags = CloudFlags & { readonly data?: string; readonly set?: readonly string[] };

/** `extend`: a new run that goes on from the last checkpoint of another over later bars. */
export function extend(reference: string, flags: ExtendFlags, console: Console): Promise<ExitCode> {
  const changes = parseChanges(flags.set);
  return atPlace(flags, {
    local: (home) => extendHere(reference, flags.data, changes, home, console),
    cloud: (remote) => extendThere(reference, flags.data, changes, remote, console),
  });
}

const existsText = "Already computed: an equal run exists.";

async function extendHere(
  reference: string,
  data: string | undefined,
  changes: readonly Change[],
  home: LocalHome,
  console: Console,
): Promise<ExitCode> {
  const { stores } = home;
  const base = await findRun(reference, stores.runs);
  const snapshot = data ?? storedSpec(base).data.snapshot;
  const spec = extensionSpec(base, snapshot, (value) => setFields(value, changes));
  const { kind, run } = await extendRun(base, spec, { nowMs: Date.now() }, stores);
  if (kind === "exists") return tellExisting(await runDocument(run, home), existsText, console);
  console.note(goingOnText(run));
  return tellCourse(await computeRun(run, home, console), extendedText(base.runId), console);
}

async function extendThere(
  reference: string,
  data: string | undefined,
  changes: readonly Change[],
  { runs, strategies }: Remote,
  console: Console,
): Promise<ExitCode> {
  const { cloudChanges } = await import("../cloud/cloud-spec.ts");
  const { documentOf, watchRun } = await import("../cloud/watch-run.ts");
  const run = await runs.extend(reference, data, await cloudChanges(changes, strategies));
  if (run.answeredFrom === "existing") return tellExisting(documentOf(await runs.get(run.runId)), existsText, console);
  console.note(goingOnText(run));
  if (run.note !== null) console.note(run.note);
  return tellCourse(await watchRun(run.runId, runs, console), extendedText(run.origin?.runId ?? reference), console);
}

type Begun = { readonly runId: string; readonly startBar: number; readonly headBar: number; readonly endBar: number };

function goingOnText({ runId, startBar, headBar, endBar }: Begun): string {
  return `Run ${runId}: going on from bar ${headBar - startBar} over ${countOf(endBar - headBar, "new bar")}.`;
}

function extendedText(baseId: string): string {
  return `Completed: run ${baseId} extended.`;
}
