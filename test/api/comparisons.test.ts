import { afterAll, beforeAll, expect, test } from "vitest";
import { openServedApi, problemLike, runLike, type ServedApi, smaSpec } from "./served-api.ts";

let api: ServedApi;
let [one, other, grid] = ["", "", ""];
beforeAll(async () => {
  api = await openServedApi();
  const start = async (spec: object) => {
    const { runId } = runLike.parse((await api.ask("POST", "/runs", { spec, fresh: true })).body);
    await api.finished(runId);
    return runId;
  };
  one = await start(smaSpec(1));
  other = await start(smaSpec(1, { strategy: { name: "sma-cross", params: { fast: 4, slow: 9 } } }));
  grid = await start(
    smaSpec(1, { strategy: { name: "sma-cross", params: { slow: 9 }, lanes: [{ fast: 3 }, { fast: 4 }] } }),
  );
});
afterAll(() => api.close());

test("a comparison tells what was assumed differently, and the best and worst of each metric", async () => {
  const { status, body } = await api.ask("GET", `/compare?runs=${one},${other}`);
  expect([status, body]).toMatchObject([
    200,
    {
      compared: [{ id: one, kind: "run" }, { id: other }],
      differences: [{ path: "strategy.params.fast", values: [3, 4] }],
    },
  ]);
});

test("a lane of a run is within nothing of the same run alone", async () => {
  const { status, body } = await api.ask("GET", `/parity?a=${one}&b=${grid}:0&preset=exact`);
  expect([status, body]).toMatchObject([200, { passed: true, curves: "compared", assumedDifferently: [] }]);
});

test("results that differ are beyond the limits", async () => {
  expect((await api.ask("GET", `/parity?a=${one}&b=${grid}:1&preset=exact`)).body).toMatchObject({ passed: false });
});

test("a comparison of one, of a run that is none, and of no lane in particular is refused", async () => {
  for (const [runs, status, detail] of [
    [one, 400, "runs"],
    [`${one},nobody`, 404, "nobody"],
    [`${one},${grid}`, 400, "say which one"],
    [`${one},${grid}:7`, 400, "2 lane"],
    [`${one},../x`, 400, "RUN:LANE"],
  ] as const) {
    const answer = await api.ask("GET", `/compare?runs=${runs}`);
    expect([answer.status, problemLike.parse(answer.body).detail]).toEqual([status, expect.stringContaining(detail)]);
  }
});
