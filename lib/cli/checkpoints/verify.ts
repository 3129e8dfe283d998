import { problemLines, wayOut } from "../../run/assert-can-go-on.ts";
import { findRun } from "../../run/find-run.ts";
import { newestGoodCheckpoint, verifyRun } from "../../run/verify-run.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf } from "../quantity-text.ts";

/** `checkpoints verify`: exit code 1 when anything is damaged or missing. */
export async function verifyCheckpoints(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const { status, ...verified } = await atPlace(flags, {
    local: async ({ stores }) => {
      const run = await findRun(reference, stores.runs);
      return { status: run.status, ...(await verifyRun(run, stores)) };
    },
    cloud: ({ checkpoints }) => checkpoints.verify(reference),
  });
  const problems = problemLines(verified);
  const good = newestGoodCheckpoint(verified);
  const { runId, checkpoints, segments } = verified;
  const parts = segments.reduce((sum, segment) => sum + segment.parts, 0);
  const what = `Run ${runId} (${status}): ${countOf(checkpoints.length, "checkpoint")}, ${countOf(segments.length, "segment")}, ${countOf(parts, "part")}`;
  const text =
    problems.length === 0
      ? `${what}: whole`
      : [
          `${what}: DAMAGED, ${countOf(problems.length, "problem")}`,
          ...problems.map((line) => `  ${line}`),
          "",
          wayOut(runId, good),
        ].join("\n");
  console.answer({ ok: problems.length === 0, ...verified, newestGood: good ?? null }, text);
  return problems.length === 0 ? 0 : 1;
}
