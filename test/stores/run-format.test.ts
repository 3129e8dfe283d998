import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeRun } from "../../lib/stores/run-records.ts";
import { decideAttempt } from "../../lib/stores/run-transitions.ts";

/** What version 0.1.0 stored for examples/sp500-sma.yaml. */
const format1 = readFileSync(new URL("../golden/run-format-1.json", import.meta.url), "utf8");

test("a run record of format 1 is read, and says the same in format 2", () => {
  expect(decodeRun(format1)).toEqual({ ...JSON.parse(format1), format: 2 });
});

test("a run of format 1 that was interrupted is resumed by an execution, in format 2", () => {
  const { resultHash: _, resultDigest: _digest, ...unfinished } = JSON.parse(format1);
  const run = decodeRun(JSON.stringify({ ...unfinished, status: "failed", headBar: 2_500, headSequence: 10 }));
  const owner = { host: "aws", pid: 0, heartbeatAtMs: 9_000, executionArn: "arn:aws:states:…:run-2" };
  expect(decideAttempt(run, 1, owner)).toMatchObject({
    kind: "started",
    run: { format: 2, status: "resuming", attempt: 2, executionArn: "arn:aws:states:…:run-2" },
  });
});
