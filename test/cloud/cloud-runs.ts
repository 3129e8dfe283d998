import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { isUnderWay } from "../../lib/run/run-status.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { plannedRun } from "../simulation/planned-run.ts";
import type { LocalCloud } from "./local-cloud.ts";

/** Creates a run of the spec, whatever runs there are, and starts its execution. */
export async function startRun(
  spec: SpecInput,
  everyBars: number,
  { stores, workflow }: LocalCloud,
): Promise<RunRecord> {
  const run = await plannedRun(spec, { everyBars, keep: 3 }, stores);
  const outcome = await workflow.start(run, "auto");
  if (outcome.kind !== "started") throw new Error(`Run ${run.runId} was not started: ${outcome.kind}.`);
  return outcome.run;
}

/** The run when nobody works on it any more; throws after this long, with what its execution did last. */
export async function endedRun(runId: string, cloud: LocalCloud, withinMs = 120_000): Promise<RunRecord> {
  const { stores } = cloud;
  for (const untilMs = Date.now() + withinMs; ; ) {
    const run = await stores.runs.getRun(runId);
    if (run !== undefined && !isUnderWay(run)) return run;
    if (Date.now() > untilMs) {
      const last = run?.executionArn === undefined ? "" : await lastOf(run.executionArn, cloud);
      throw new Error(`Run ${runId} is still ${run?.status} at bar ${run?.headBar} after ${withinMs} ms.\n${last}`);
    }
    await sleep(20);
  }
}

async function lastOf(executionArn: string, { stack }: LocalCloud): Promise<string> {
  const { status, error } = await stack.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { events = [] } = await stack.sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 12 }),
  );
  const busy = stack.lambdaHost.invocations.filter(({ endedAtMs }) => endedAtMs === undefined);
  const lines = events.map((event) => JSON.stringify(event).slice(0, 400));
  return [`${status} ${error ?? ""}`, ...lines, ...busy.map((invocation) => JSON.stringify(invocation))].join("\n");
}
