import { sliceBars } from "../lib/engine/bars.ts";
import { Simulation } from "../lib/engine/simulation.ts";
import { encodeState } from "../lib/run/checkpoint.ts";
import { encodeParts } from "../lib/run/parts.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { benchmarkLane } from "./benchmark-case.ts";
import { cloudCase, cloudInvocations, type SegmentInvocation } from "./cloud-run.ts";

export const cloudBench: Bench = {
  name: "cloud",
  measures:
    "a segment of 20,000 bars by the bundled function on the local servers, in milliseconds, part by part; cold: the first invocation of a new process; least and median",
  async run(): Promise<readonly BenchRow[]> {
    const found = await cloudInvocations();
    if ("skipped" in found) return [found];
    const whole = found.filter(({ requests }) => requests.some(isPut));
    const cold = whole.filter(({ isCold }) => isCold).map(partsOf);
    const warm = whole.filter(({ isCold }) => !isCold).map(partsOf);
    const rows = partNames.map((part): BenchRow => {
      const [least, median] = spread(warm.map((parts) => parts[part]));
      const [coldLeast, coldMedian] = spread(cold.map((parts) => parts[part]));
      return { part, least, median, coldLeast, coldMedian };
    });
    const [least, median] = spread(inOneProcess());
    return [...rows, { part: "the same bars in one process", least, median, coldLeast: "", coldMedian: "" }];
  },
};

const partNames = [
  "start (cold: process, import)",
  "run, manifest, checkpoint read",
  "bars read",
  "compute and encode",
  "parts put",
  "commit",
  "old checkpoint removed",
  "answer",
  "whole invocation",
  "the workflow's own turn",
] as const;

type Parts = { readonly [part in (typeof partNames)[number]]: number };

/** The invocation cut at its requests. Bars that are read ahead while others are computed belong to the computing. */
function partsOf({ startedAtMs, endedAtMs, waitedMs, requests }: SegmentInvocation): Parts {
  const firstAtMs = requests[0]?.atMs ?? endedAtMs;
  const puts = requests.filter(isPut);
  const putAtMs = Math.min(...puts.map(({ atMs }) => atMs));
  const partsAtMs = Math.max(...puts.map(({ endedAtMs: at = 0 }) => at));
  const before = requests.filter(({ atMs }) => atMs < putAtMs);
  const restoredAtMs = Math.max(...before.filter(({ service }) => service === "DynamoDB").map(endOf));
  const bars = before.find((request) => request.service === "S3" && endOf(request) < putAtMs);
  const barsAtMs = bars === undefined ? restoredAtMs : endOf(bars);
  const commits = requests.filter(({ operation, atMs }) => operation === "TransactWriteItems" && atMs >= putAtMs);
  const committedAtMs = endOf(commits[0] ?? {});
  const lastAtMs = Math.max(...requests.filter(({ service }) => service === "DynamoDB").map(endOf));
  return {
    "start (cold: process, import)": firstAtMs - startedAtMs,
    "run, manifest, checkpoint read": restoredAtMs - firstAtMs,
    "bars read": barsAtMs - restoredAtMs,
    "compute and encode": putAtMs - barsAtMs,
    "parts put": partsAtMs - putAtMs,
    commit: committedAtMs - partsAtMs,
    "old checkpoint removed": lastAtMs - committedAtMs,
    answer: endedAtMs - lastAtMs,
    "whole invocation": endedAtMs - startedAtMs,
    "the workflow's own turn": waitedMs,
  };
}

function isPut({ service, method }: SegmentInvocation["requests"][number]): boolean {
  return service === "S3" && method === "PUT";
}

function endOf({ endedAtMs = Number.NaN }: { readonly endedAtMs?: number }): number {
  return endedAtMs;
}

/** Milliseconds of each segment when nothing is stored: computed, its facts and its state encoded. */
function inOneProcess(): number[] {
  const { bars: count, segmentBars } = cloudCase;
  const bars = benchmarkBars(count);
  const simulation = new Simulation({ timeframe: "1m", startBar: 0, lanes: [benchmarkLane(10, 30, "full")] });
  const times: number[] = [];
  for (let bar = 0; bar < count; bar += segmentBars) {
    const beganAt = performance.now();
    simulation.advance(sliceBars(bars, bar, bar + segmentBars));
    encodeParts(simulation.takeFacts());
    encodeState({ engineVersion: 1, specDigest: "", snapshotId: "", ...simulation.save() });
    times.push(performance.now() - beganAt);
  }
  return times;
}

/** The least and the median. */
function spread(values: readonly number[]): readonly [least: number, median: number] {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[0] ?? Number.NaN, sorted[sorted.length >> 1] ?? Number.NaN];
}
