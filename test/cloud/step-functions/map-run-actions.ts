import type { Account } from "./account.ts";
import { ApiError } from "./failures.ts";
import type { Json, JsonObject } from "./json.ts";
import { type MapRun, mapRunDocument } from "./map-run.ts";
import { page } from "./paging.ts";
import { optionalNumber, requiredArn } from "./request.ts";

/** DescribeMapRun. */
export function describeMapRun(account: Account, request: JsonObject): JsonObject {
  return mapRunDocument(mapRunNamed(account, request));
}

/** ListMapRuns of an execution, newest first. */
export function listMapRuns(account: Account, request: JsonObject): JsonObject {
  const arn = requiredArn(request, "executionArn", "execution");
  if (!account.executions.has(arn)) {
    throw new ApiError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  }
  const runs = [...account.mapRuns.values()].reverse().filter(({ parent }) => parent.arn === arn);
  const { items, ...rest } = page(request, runs, (run) => run.arn);
  const mapRuns = items.map((run): Json => {
    const stopDate: JsonObject = run.stopDateMs === undefined ? {} : { stopDate: run.stopDateMs / 1000 };
    const { arn: mapRunArn, parent, startDateMs } = run;
    const stateMachineArn = parent.stateMachineArn;
    return { executionArn: parent.arn, mapRunArn, stateMachineArn, startDate: startDateMs / 1000, ...stopDate };
  });
  return { mapRuns, ...rest };
}

/** UpdateMapRun: new limits for a map run that is running. */
export function updateMapRun(account: Account, request: JsonObject): JsonObject {
  const run = mapRunNamed(account, request);
  const maxConcurrency = optionalNumber(request, "maxConcurrency", 100_000_000);
  const toleratedFailureCount = optionalNumber(request, "toleratedFailureCount", 100_000_000);
  const toleratedFailurePercentage = optionalNumber(request, "toleratedFailurePercentage", 100);
  if (run.status !== "RUNNING") {
    throw new ApiError("ValidationException", `The Map Run has ended as ${run.status} and cannot be updated.`);
  }
  run.maxConcurrency = maxConcurrency ?? run.maxConcurrency;
  run.toleratedFailureCount = toleratedFailureCount ?? run.toleratedFailureCount;
  run.toleratedFailurePercentage = toleratedFailurePercentage ?? run.toleratedFailurePercentage;
  run.limitsChanged();
  return {};
}

function mapRunNamed(account: Account, request: JsonObject): MapRun {
  const arn = requiredArn(request, "mapRunArn", "mapRun");
  const run = account.mapRuns.get(arn);
  if (run === undefined) throw new ApiError("ResourceNotFound", `Map Run Does Not Exist: '${arn}'`);
  return run;
}
