import { runDocument } from "../../report/run-document.ts";
import { findCheckpoint, UnknownCheckpointError } from "../../run/find-checkpoint.ts";
import { forkWholeRun } from "../../run/fork-whole-run.ts";
import { parseSpec } from "../../run/parse-spec.ts";
import { type Change, setFields } from "../../run/set-fields.ts";
import { computeRun, tellComputed } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf } from "../quantity-text.ts";
import { runText } from "../run-text.ts";
import { parseChanges } from "../set-fields.ts";

export type ForkFlags = { readonly set?: readonly string[]; readonly name?: string; readonly run: boolean };

/** `checkpoints fork`: a new run from an old state. */
export function forkCheckpoint(reference: string, flags: ForkFlags, console: Console): Promise<ExitCode> {
  const changes = [...parseChanges(flags.set), ...nameChange(flags)];
  return atHome(async (home) => {
    const { stores } = home;
    const checkpoint = await findCheckpoint(reference, stores.runs);
    const base = await stores.runs.getRun(checkpoint.runId);
    if (base === undefined)
      throw new UnknownCheckpointError(
        `Checkpoint "${reference}" belongs to run "${checkpoint.runId}", which is gone.`,
      );
    const spec = parseSpec(setFields(base.spec, changes), `The spec of run "${base.runId}" with the changes`);
    const run = await forkWholeRun(checkpoint, spec, Date.now(), stores);
    const origin = `Run ${run.runId} is forked from ${base.runId}, checkpoint ${checkpoint.sequence} (bar ${checkpoint.barIndex})`;
    if (!flags.run) {
      const document = await runDocument(run, home);
      console.answer(document, `${origin}.\n\n${runText(document)}\n\nCompute it: backstitch resume ${run.runId}`);
      return 0;
    }
    console.note(`${origin}: ${countOf(run.endBar - run.headBar, "bar")} to do.`);
    return tellComputed(await computeRun(run, home, console), `Completed: ${origin}.`, console);
  });
}

function nameChange({ name }: ForkFlags): readonly Change[] {
  return name === undefined ? [] : [{ path: ["name"], value: name }];
}
