import { expect, test } from "vitest";
import { branchMark, seamBlocks, seamMarks } from "../../lib/report/seams.ts";
import type { RunEvent, SegmentRecord } from "../../lib/run/run-store.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { createRun, importSp500, sp500Spec } from "./stored-run.ts";

const event = (kind: RunEvent["kind"], attempt: number, barIndex: number, atMs: number): RunEvent => ({
  runId: "r",
  kind,
  attempt,
  barIndex,
  atMs,
});

test("an interruption and its resume are one mark with the time between them", () => {
  const marks = seamMarks([
    event("started", 1, 0, 0),
    event("interrupted", 1, 500, 60_000),
    event("resumed", 2, 500, 180_000),
    event("completed", 2, 900, 200_000),
  ]);
  expect(marks).toEqual([
    {
      bar: 500,
      kind: "stopped",
      lines: [
        "Attempt 1 interrupted (Ctrl-C or SIGTERM) at bar 500, 1970-01-01 00:01:00 UTC",
        "Resumed as attempt 2 at bar 500, 1970-01-01 00:03:00 UTC, 2 min later",
      ],
    },
  ]);
});

test("an attempt that was killed leaves no event and is told by its successor", () => {
  const [mark] = seamMarks([event("started", 1, 0, 0), event("resumed", 2, 300, 1_000)]);
  expect(mark?.kind).toBe("stopped");
  expect(mark?.lines[0]).toMatch(/^Attempt 1 ended without a word/);
});

test("a failure outweighs the resume at the same bar", () => {
  const [mark] = seamMarks([
    event("started", 1, 0, 0),
    { ...event("failed", 1, 300, 1), message: "StrategyError: no" },
    event("resumed", 2, 300, 9),
  ]);
  expect(mark?.kind).toBe("failed");
  expect(mark?.lines[0]).toContain("StrategyError: no");
});

test("blocks cover the whole window: every segment, and what is not done", async () => {
  const stores = await openMemoryStores();
  await importSp500(stores);
  const run = await createRun(sp500Spec(), stores);
  const segments = [segment(1, 0, 700), segment(2, 700, 1400)];
  expect(
    seamBlocks({ run, events: [], segments }).map(({ startBar, endBar, label }) => [startBar, endBar, label]),
  ).toEqual([
    [0, 700, "1"],
    [700, 1400, "2"],
    [1400, run.endBar, "not done"],
  ]);
});

test("many segments are drawn several to a block and lose no bar", async () => {
  const stores = await openMemoryStores();
  await importSp500(stores);
  const run = await createRun(sp500Spec(), stores);
  const segments = Array.from({ length: run.endBar }, (_, i) => segment(i + 1, i, i + 1));
  const blocks = seamBlocks({ run, events: [], segments });
  expect(blocks.length).toBeLessThanOrEqual(300);
  expect(blocks.every((block, i) => block.startBar === (blocks[i - 1]?.endBar ?? 0))).toBe(true);
  expect(blocks.at(-1)?.endBar).toBe(run.endBar);
});

test("a forked run says where it left the other and shades what it took over", async () => {
  const stores = await openMemoryStores();
  await importSp500(stores);
  const origin = { kind: "fork", runId: "first", checkpointId: "abcdef0123456789" } as const;
  const run = { ...(await createRun(sp500Spec(), stores)), origin };
  const events = [event("started", 1, 700, 0)];

  expect(branchMark({ run, events })).toEqual({
    bar: 700,
    kind: "branched",
    lines: [
      "Forked from run first at bar 700, checkpoint abcdef012345: the bars before were computed by that run, with its spec",
    ],
  });
  const blocks = seamBlocks({ run, events, segments: [segment(1, 0, 700), segment(2, 700, run.endBar)] });
  expect(blocks.map(({ kind }) => kind)).toEqual(["inherited", "done"]);
});

function segment(sequence: number, startBar: number, endBar: number): SegmentRecord {
  return {
    format: 1,
    runId: "r",
    sequence,
    attempt: 1,
    startBar,
    endBar,
    parts: [],
    startedAtMs: 0,
    durationMs: 10,
    host: "lab",
    pid: 7,
  };
}
