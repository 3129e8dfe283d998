import { engineVersion } from "../../engine/engine-version.ts";
import { runDocument } from "../../report/run-document.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import type { RunRecord } from "../../run/run-store.ts";
import { DeterminismViolationError } from "../../run/save-segment.ts";
import type { Change } from "../../run/set-fields.ts";
import { answerRun, planRun } from "../../run/start-run.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import { computeRun, nextCommands, tellComputed } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome, type LocalHome } from "../local-home.ts";
import { clockText, countOf } from "../quantity-text.ts";
import { runText } from "../run-text.ts";
import { parseChanges } from "../set-fields.ts";
import { readSpecFile } from "../spec-file.ts";

export type RunFlags = { readonly segmentBars?: number; readonly set?: readonly string[]; readonly fresh?: boolean };

/** `run`: answers a spec from what exists, goes on with what was begun, or computes it. */
export function runSpec(file: string, flags: RunFlags, console: Console): Promise<ExitCode> {
  const spec = readSpecFile(file, [...parseChanges(flags.set), ...segmentLength(flags)]);
  return atHome(async (home) => {
    const { stores } = home;
    const plan = await planRun(spec, stores);
    const existing = flags.fresh === true ? await stores.runs.findCompleted(plan) : undefined;
    const answer = await answerRun(plan, { fresh: flags.fresh === true, nowMs: Date.now() }, stores);
    const { run } = answer;
    switch (answer.kind) {
      case "exists": {
        const document = await runDocument(run, home);
        const text = `Already computed on ${clockText(run.createdAtMs)}: an equal run exists. Compute it again with --fresh.`;
        console.answer(
          { ...document, answeredFrom: "existing" },
          `${text}\n\n${runText(document)}\n\n${nextCommands(run.runId)}`,
        );
        return 0;
      }
      case "unfinished":
        if (!isOwnerAlive(run, Date.now())) console.note(unfinishedText(run));
        return tellComputed(await computeRun(run, home, console), "Resumed and completed.", console);
      case "created":
        console.note(
          `Run ${run.runId}: ${countOf(run.endBar - run.startBar, "bar")} in segments of ${spec.checkpoint.everyBars}.`,
        );
        return computeNew(run, existing, home, console);
    }
  });
}

function unfinishedText(run: RunRecord): string {
  const { everyBars } = storedSpec(run).checkpoint;
  return `Run ${run.runId} with this spec was begun on ${clockText(run.createdAtMs)} and is not finished: going on from bar ${run.headBar - run.startBar} in its own segments of ${everyBars}.`;
}

function segmentLength({ segmentBars }: RunFlags): readonly Change[] {
  return segmentBars === undefined ? [] : [{ path: ["checkpoint", "everyBars"], value: segmentBars }];
}

/** Computes a new run; with --fresh it must give what the existing one gave. */
async function computeNew(
  run: RunRecord,
  existing: RunRecord | undefined,
  home: LocalHome,
  console: Console,
): Promise<ExitCode> {
  const computed = await computeRun(run, home, console);
  const { document } = computed;
  if (existing === undefined || computed.end.kind !== "completed") return tellComputed(computed, "Completed.", console);
  if (document.resultDigest === existing.resultDigest) {
    return tellComputed(
      { ...computed, document: { ...document, ...{ comparedWith: existing.runId } } },
      `Completed: the result digest equals that of run ${existing.runId}.`,
      console,
    );
  }
  throw new DeterminismViolationError(
    `Two runs of the same spec, bars and engine version ${engineVersion} gave two results: run "${existing.runId}" ${existing.resultDigest}, run "${run.runId}" ${document.resultDigest}. Both are kept. The strategy is not deterministic, or the machine is at fault: compare their checkpoints with backstitch checkpoints diff ${existing.runId}@1 ${run.runId}@1`,
  );
}
