import type { Remote } from "../../cloud/remote.ts";
import { type RunDocument, runDocument } from "../../report/run-document.ts";
import { findCheckpoint, UnknownCheckpointError } from "../../run/find-checkpoint.ts";
import { forkWholeRun } from "../../run/fork-whole-run.ts";
import { parseSpec } from "../../run/parse-spec.ts";
import { type Change, setFields } from "../../run/set-fields.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import { computeRun } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { countOf } from "../quantity-text.ts";
import { runText } from "../run-text.ts";
import { parseChanges } from "../set-fields.ts";
import { tellCourse } from "../tell-run.ts";

export type ForkFlags = CloudFlags & {
  readonly set?: readonly string[];
  readonly name?: string;
  readonly run: boolean;
};

/** `checkpoints fork`: a new run from an old state. */
export function forkCheckpoint(reference: string, flags: ForkFlags, console: Console): Promise<ExitCode> {
  const changes = [...parseChanges(flags.set), ...nameChange(flags)];
  return atPlace(flags, {
    local: (home) => forkHere(reference, changes, flags.run, home, console),
    cloud: (remote) => forkThere(reference, changes, flags.run, remote, console),
  });
}

function nameChange({ name }: ForkFlags): readonly Change[] {
  return name === undefined ? [] : [{ path: ["name"], value: name }];
}

async function forkHere(
  reference: string,
  changes: readonly Change[],
  isStarted: boolean,
  home: LocalHome,
  console: Console,
): Promise<ExitCode> {
  const { stores } = home;
  const checkpoint = await findCheckpoint(reference, stores.runs);
  const base = await stores.runs.getRun(checkpoint.runId);
  if (base === undefined)
    throw new UnknownCheckpointError(`Checkpoint "${reference}" belongs to run "${checkpoint.runId}", which is gone.`);
  const spec = parseSpec(setFields(base.spec, changes), `The spec of run "${base.runId}" with the changes`);
  const run = await forkWholeRun(checkpoint, spec, { nowMs: Date.now() }, stores);
  const origin = originText(run.runId, checkpoint);
  if (!isStarted) return tellCreated(await runDocument(run, home), origin, console);
  console.note(`${origin}: ${countOf(run.endBar - run.headBar, "bar")} to do.`);
  return tellCourse(await computeRun(run, home, console), `Completed: ${origin}.`, console);
}

async function forkThere(
  reference: string,
  changes: readonly Change[],
  isStarted: boolean,
  { runs, checkpoints, strategies }: Remote,
  console: Console,
): Promise<ExitCode> {
  const { cloudChanges } = await import("../cloud/cloud-spec.ts");
  const { documentOf, watchRun } = await import("../cloud/watch-run.ts");
  const checkpoint = await checkpoints.place(reference);
  const sent = await cloudChanges(changes, strategies);
  const run = await runs.fork(checkpoint.runId, checkpoint.sequence, sent, isStarted);
  const origin = originText(run.runId, checkpoint);
  if (!isStarted) return tellCreated(documentOf(await runs.get(run.runId)), origin, console);
  console.note(`${origin}: ${countOf(run.endBar - run.headBar, "bar")} to do.`);
  return tellCourse(await watchRun(run.runId, runs, console), `Completed: ${origin}.`, console);
}

type Place = { readonly runId: string; readonly sequence: number; readonly barIndex: number };

function originText(forkId: string, { runId, sequence, barIndex }: Place): string {
  return `Run ${forkId} is forked from ${runId}, checkpoint ${sequence} (bar ${barIndex})`;
}

function tellCreated(document: RunDocument, origin: string, console: Console): ExitCode {
  const compute = console.hint(`backstitch resume ${document.runId}`);
  console.answer(document, `${origin}.\n\n${runText(document)}\n\nCompute it: ${compute}`);
  return 0;
}
