import type { Bench, BenchRow } from "./bench.ts";
import { cloudInvocations, type FunctionRequest, type SegmentInvocation } from "./cloud-run.ts";

export const cloudRequestsBench: Bench = {
  name: "cloud-requests",
  measures:
    "requests and bytes of a segment of 20,000 bars, by operation, as they pass a proxy; the mean of all warm ones",
  async run(): Promise<readonly BenchRow[]> {
    const found = await cloudInvocations();
    if ("skipped" in found) return [found];
    const warm = found.filter(({ isCold }) => !isCold);
    const operations = [...new Set(warm.flatMap(({ requests }) => requests.map(operationOf)))].toSorted();
    const rows = operations.map((operation) => rowOf(operation, warm, (each) => operationOf(each) === operation));
    return [...rows, rowOf("all", warm, () => true)];
  },
};

function operationOf({ service, method, operation, path }: FunctionRequest): string {
  return service === "DynamoDB" ? operation : `S3 ${method} ${/objects\/(\w+)/.exec(path)?.[1] ?? ""}`;
}

function rowOf(
  operation: string,
  segments: readonly SegmentInvocation[],
  isMeant: (request: FunctionRequest) => boolean,
): BenchRow {
  const meant = segments.flatMap(({ requests }) => requests.filter(isMeant));
  const perSegment = (value: (request: FunctionRequest) => number): number =>
    meant.reduce((sum, request) => sum + value(request), 0) / segments.length;
  return {
    operation,
    requests: perSegment(() => 1),
    sentKb: perSegment(({ sentBytes = 0 }) => sentBytes / 1_000),
    receivedKb: perSegment(({ receivedBytes = 0 }) => receivedBytes / 1_000),
  };
}
