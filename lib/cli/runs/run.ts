import type { Remote } from "../../cloud/remote.ts";
import { engineVersion } from "../../engine/engine-version.ts";
import { type RunDocument, runDocument } from "../../report/run-document.ts";
import { inSampleWarnings, modelsOfRun } from "../../run/models-of-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import type { RunRecord } from "../../run/run-store.ts";
import { DeterminismViolationError } from "../../run/save-segment.ts";
import type { Change } from "../../run/set-fields.ts";
import type { Spec } from "../../run/spec.ts";
import { answerRun, planRun } from "../../run/start-run.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import { computeRun } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { clockText, countOf } from "../quantity-text.ts";
import { parseChanges } from "../set-fields.ts";
import { readSpecFile } from "../spec-file.ts";
import { existingText, type RunCourse, tellCourse, tellExisting } from "../tell-run.ts";

export type RunFlags = CloudFlags & {
  readonly segmentBars?: number;
  readonly set?: readonly string[];
  readonly fresh?: boolean;
  readonly detach?: boolean;
};

/** `run`: answers a spec from what exists, goes on with what was begun, or computes it. */
export function runSpec(file: string, flags: RunFlags, console: Console): Promise<ExitCode> {
  const spec = readSpecFile(file, [...parseChanges(flags.set), ...segmentLength(flags)]);
  const isFresh = flags.fresh === true;
  return atPlace(flags, {
    local: (home) => runHere(spec, isFresh, home, console),
    cloud: (remote) => runThere(spec, { isFresh, isDetached: flags.detach === true }, remote, console),
  });
}

function segmentLength({ segmentBars }: RunFlags): readonly Change[] {
  return segmentBars === undefined ? [] : [{ path: ["checkpoint", "everyBars"], value: segmentBars }];
}

async function runHere(spec: Spec, isFresh: boolean, home: LocalHome, console: Console): Promise<ExitCode> {
  const { stores } = home;
  const plan = await planRun(spec, stores);
  for (const warning of inSampleWarnings(await modelsOfRun(plan, stores))) console.warn(warning);
  const existing = isFresh ? await stores.runs.findCompleted(plan) : undefined;
  const answer = await answerRun(plan, { fresh: isFresh, nowMs: Date.now() }, stores);
  const { run } = answer;
  switch (answer.kind) {
    case "exists": {
      const document = await runDocument(run, home);
      return tellExisting(document, existingText(document), console);
    }
    case "unfinished":
      if (!isOwnerAlive(run, Date.now())) console.note(unfinishedText(run));
      return tellCourse(await computeRun(run, home, console), "Resumed and completed.", console);
    case "created":
      console.note(createdText(run, spec));
      return tellNew(await computeRun(run, home, console), existing && (await runDocument(existing, home)), console);
  }
}

async function runThere(
  spec: Spec,
  { isFresh, isDetached }: { readonly isFresh: boolean; readonly isDetached: boolean },
  { runs, strategies }: Remote,
  console: Console,
): Promise<ExitCode> {
  const { cloudSpec } = await import("../cloud/cloud-spec.ts");
  const { documentOf, watchRun } = await import("../cloud/watch-run.ts");
  const sent = await cloudSpec(spec, strategies);
  const answer = await runs.start(sent, isFresh);
  const { runId, answeredFrom, note, warnings = [] } = answer;
  for (const warning of warnings) console.warn(warning);
  if (answeredFrom === "existing") {
    const document = documentOf(await runs.get(runId));
    return tellExisting(document, existingText(document), console);
  }
  console.note(
    answeredFrom === "unfinished"
      ? `Run ${runId} with this spec was begun on ${clockText(answer.createdAtMs)} and goes on.`
      : createdText(answer, spec),
  );
  if (note !== null) console.note(note);
  if (isDetached)
    return tellCourse(
      { end: { kind: "detached", by: "request" }, document: documentOf(await runs.get(runId)) },
      "",
      console,
    );
  const course = await watchRun(runId, runs, console);
  if (answeredFrom === "unfinished") return tellCourse(course, "Resumed and completed.", console);
  // Asked again without `fresh`, the API answers with the first run of this spec.
  const first = isFresh && course.end.kind === "completed" ? (await runs.start(sent, false)).runId : runId;
  return tellNew(course, first === runId ? undefined : documentOf(await runs.get(first)), console);
}

function createdText(
  { runId, startBar, endBar }: Pick<RunRecord, "runId" | "startBar" | "endBar">,
  spec: Spec,
): string {
  return `Run ${runId}: ${countOf(endBar - startBar, "bar")} in segments of ${spec.checkpoint.everyBars}.`;
}

function unfinishedText(run: RunRecord): string {
  const { everyBars } = storedSpec(run).checkpoint;
  return `Run ${run.runId} with this spec was begun on ${clockText(run.createdAtMs)} and is not finished: going on from bar ${run.headBar - run.startBar} in its own segments of ${everyBars}.`;
}

/** A new run; with --fresh it must have given what the existing one gave. */
function tellNew(course: RunCourse, existing: RunDocument | undefined, console: Console): ExitCode {
  const { document } = course;
  if (existing === undefined || course.end.kind !== "completed") return tellCourse(course, "Completed.", console);
  if (document.resultDigest === existing.resultDigest) {
    return tellCourse(
      { ...course, document: { ...document, ...{ comparedWith: existing.runId } } },
      `Completed: the result digest equals that of run ${existing.runId}.`,
      console,
    );
  }
  throw new DeterminismViolationError(
    `Two runs of the same spec, bars and engine version ${engineVersion} gave two results: run "${existing.runId}" ${existing.resultDigest}, run "${document.runId}" ${document.resultDigest}. Both are kept. The strategy is not deterministic, or the machine is at fault: compare their checkpoints with ${console.hint(`backstitch checkpoints diff ${existing.runId}@1 ${document.runId}@1`)}`,
  );
}
