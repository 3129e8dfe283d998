import { expect, test } from "vitest";
import { parseApiEnv } from "../../functions/api-env.ts";
import { parseSegmentEnv } from "../../functions/segment-env.ts";

test("a function's environment is the names of its resources and nothing else", () => {
  expect(parseSegmentEnv({ DATA_BUCKET: "bars", RUN_TABLE: "runs", HOME: "/root" })).toEqual({
    DATA_BUCKET: "bars",
    RUN_TABLE: "runs",
  });
});

test("a missing variable is named with its function", () => {
  expect(() => parseSegmentEnv({ DATA_BUCKET: "bars", RUN_TABLE: "" })).toThrow(
    'Function "segment" needs the environment variables DATA_BUCKET, RUN_TABLE; found no RUN_TABLE.',
  );
});

test("the API's principals may be left out", () => {
  const names = {
    DATA_BUCKET: "b",
    RUN_TABLE: "t",
    RUN_STATE_MACHINE_ARN: "r",
    SWEEP_STATE_MACHINE_ARN: "s",
    IMPORT_STATE_MACHINE_ARN: "i",
    SEGMENT_MEMORY_MB: "1769",
  };
  expect(parseApiEnv(names)).toEqual(names);
  expect(parseApiEnv({ ...names, ALLOWED_PRINCIPALS: "arn:a" })).toEqual({ ...names, ALLOWED_PRINCIPALS: "arn:a" });
});
