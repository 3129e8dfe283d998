import { problemLines, wayOut } from "../../run/assert-can-go-on.ts";
import { findRun } from "../../run/find-run.ts";
import { newestGoodCheckpoint, verifyRun } from "../../run/verify-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf } from "../quantity-text.ts";

/** `checkpoints verify`: exit code 1 when anything is damaged or missing. */
export function verifyCheckpoints(reference: string, console: Console): Promise<ExitCode> {
  return atHome(async ({ stores }) => {
    const run = await findRun(reference, stores.runs);
    const verified = await verifyRun(run, stores);
    const problems = problemLines(verified);
    const good = newestGoodCheckpoint(verified);
    const { checkpoints, segments } = verified;
    const parts = segments.reduce((sum, segment) => sum + segment.parts, 0);
    const what = `Run ${run.runId} (${run.status}): ${countOf(checkpoints.length, "checkpoint")}, ${countOf(segments.length, "segment")}, ${countOf(parts, "part")}`;
    const text =
      problems.length === 0
        ? `${what}: whole`
        : [
            `${what}: DAMAGED, ${countOf(problems.length, "problem")}`,
            ...problems.map((line) => `  ${line}`),
            "",
            wayOut(run.runId, good),
          ].join("\n");
    console.answer({ ok: problems.length === 0, ...verified, newestGood: good ?? null }, text);
    return problems.length === 0 ? 0 : 1;
  });
}
