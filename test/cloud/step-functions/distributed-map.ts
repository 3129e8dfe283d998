import { randomUUID } from "node:crypto";
import { mapRunArn } from "./arns.ts";
import { runConcurrently } from "./concurrency.ts";
import type { MapState } from "./definition.ts";
import { isUnsuccessful } from "./execution.ts";
import { continueExecution } from "./execution-attempt.ts";
import { startChild, stopExecution } from "./execution-life.ts";
import { StateError } from "./failures.ts";
import type { Json } from "./json.ts";
import { itemInputs } from "./map-items.ts";
import { isOverTolerance, type MapRun, type MapRunItem } from "./map-run.ts";
import { writeResults } from "./result-writer.ts";
import { checkSize, conclude, evaluateNumber, type Run, type Step } from "./run.ts";

/** AWS's own limit for the children of a map run at a time. */
const mostChildren = 10_000;
const mostRedrives = 1000;

/** Executes a Distributed Map: a child execution for each item; a redrive continues the unsuccessful children only. */
export async function runDistributedMap(run: Run, state: MapState): Promise<Step> {
  const known = run.position.mapRun;
  const mapRun = known ?? (await beginMapRun(run, state));
  if (known !== undefined) redrive(run, known);
  run.position.mapRun = mapRun;
  await runChildren(run, mapRun, state);
  const isFailed = isOverTolerance(mapRun);
  const written = await resultOf(run, { state, mapRun, isFailed });
  end(run, mapRun, isFailed ? "FAILED" : "SUCCEEDED");
  if (isFailed) {
    run.execution.history.add(run.frame, "MapStateFailed");
    const reason = "The specified tolerated failure threshold was exceeded";
    throw new StateError("States.ExceedToleratedFailureThreshold", reason);
  }
  run.execution.history.add(run.frame, "MapStateSucceeded");
  checkSize(run, written);
  return { ...(await conclude(run, state, { otherwise: written, extra: { result: written } })), next: state.next };
}

async function beginMapRun(run: Run, state: MapState): Promise<MapRun> {
  const { account, execution, frame } = run;
  const number = async (template: Json | undefined, field: string, to: number) =>
    template === undefined ? 0 : evaluateNumber(run, template, { field, from: 0, to });
  const maxConcurrency = await number(state.maxConcurrency, "MaxConcurrency", 100_000_000);
  const toleratedFailureCount = await number(state.toleratedFailureCount, "ToleratedFailureCount", 100_000_000);
  const toleratedFailurePercentage = await number(state.toleratedFailurePercentage, "ToleratedFailurePercentage", 100);
  const inputs = await itemInputs(run, state);
  const label = state.label ?? randomUUID();
  const mapRun: MapRun = {
    arn: mapRunArn(account.place, `${execution.stateMachineName}/${label}`, randomUUID()),
    label,
    parent: execution,
    startDateMs: account.now(),
    items: inputs.map(({ input }, index) => ({ index, input })),
    status: "RUNNING",
    maxConcurrency,
    toleratedFailureCount,
    toleratedFailurePercentage,
    resultsWritten: 0,
    redriveCount: 0,
    limitsChanged: () => undefined,
  };
  execution.history.add(frame, "MapStateStarted", { length: state.reader === undefined ? inputs.length : 0 });
  execution.history.add(frame, "MapRunStarted", { mapRunArn: mapRun.arn });
  account.mapRuns.set(mapRun.arn, mapRun);
  return mapRun;
}

function redrive({ account, execution, frame }: Run, mapRun: MapRun): void {
  if (mapRun.redriveCount >= mostRedrives) {
    throw new StateError("States.Runtime", `The Map Run has been redriven ${mostRedrives} times already.`);
  }
  mapRun.redriveCount += 1;
  mapRun.redriveDateMs = account.now();
  mapRun.status = "RUNNING";
  mapRun.stopDateMs = undefined;
  execution.history.add(frame, "MapRunRedriven", { mapRunArn: mapRun.arn, redriveCount: mapRun.redriveCount });
  for (const { execution: child } of mapRun.items) {
    if (child !== undefined && isUnsuccessful(child) && !child.history.isTooLongToRedrive) {
      child.status = "PENDING_REDRIVE";
    }
  }
}

async function runChildren(run: Run, mapRun: MapRun, state: MapState): Promise<void> {
  const { account, signal } = run;
  const stopChildren = (cause: string) => {
    for (const { execution } of mapRun.items) {
      if (execution?.status === "RUNNING") void stopExecution(account, execution, { error: undefined, cause });
      if (execution?.status === "PENDING_REDRIVE") execution.status = "ABORTED";
    }
  };
  const aborted = () => stopChildren("The parent execution was stopped.");
  signal.addEventListener("abort", aborted, { once: true });
  const works = mapRun.items.filter(isToRun).map((item) => async () => {
    await runItem(run, mapRun, { item, state });
    if (isOverTolerance(mapRun)) stopChildren("The tolerated failure threshold of the Map Run was exceeded.");
  });
  await runConcurrently(works, {
    limit: () => (mapRun.maxConcurrency === 0 ? mostChildren : mapRun.maxConcurrency),
    isStopped: () => signal.aborted || isOverTolerance(mapRun),
    changed: () =>
      new Promise((resolve) => {
        mapRun.limitsChanged = resolve;
      }),
  });
  signal.removeEventListener("abort", aborted);
  if (!signal.aborted) return;
  end(run, mapRun, "ABORTED");
  run.execution.history.note(run.frame, "MapStateAborted");
  throw signal.reason;
}

function isToRun({ execution }: MapRunItem): boolean {
  return execution === undefined || execution.status === "PENDING_REDRIVE";
}

async function runItem(
  { account, execution }: Run,
  mapRun: MapRun,
  { item, state }: { readonly item: MapRunItem; readonly state: MapState },
): Promise<void> {
  if (item.execution === undefined) {
    item.execution = startChild(account, { parent: execution, mapRun, scope: state.processor, input: item.input });
  } else {
    continueExecution(account, item.execution);
  }
  await item.execution.done;
}

async function resultOf(
  run: Run,
  { state, mapRun, isFailed }: { readonly state: MapState; readonly mapRun: MapRun; readonly isFailed: boolean },
): Promise<Json> {
  try {
    return await writeResults(run, { writer: state.writer, mapRun });
  } catch (error) {
    // The export is attempted for a failed run too; then the failure of the run is the one to tell.
    if (!(error instanceof StateError)) throw error;
    if (isFailed) return null;
    end(run, mapRun, "FAILED");
    run.execution.history.add(run.frame, "MapStateFailed");
    throw error;
  }
}

function end({ account, execution, frame }: Run, mapRun: MapRun, status: "SUCCEEDED" | "FAILED" | "ABORTED"): void {
  mapRun.status = status;
  mapRun.stopDateMs = account.now();
  const type = { SUCCEEDED: "MapRunSucceeded", FAILED: "MapRunFailed", ABORTED: "MapRunAborted" }[status];
  execution.history.note(frame, type);
}
