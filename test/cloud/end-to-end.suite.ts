import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { smaSpec, sp500File, sp500Lines } from "../cli/backstitch.ts";
import {
  actionLike,
  begunThere,
  documentOf,
  type EndToEndPlace,
  endedThere,
  openPerson,
  type Person,
  problemLike,
} from "./end-to-end-place.ts";

/** What a place can do; what it cannot is skipped, visibly. */
export type Abilities = {
  /** Code can be deployed anew from here. */
  readonly redeploys: boolean;
  /** Segments an execution does before it hands over, where its executions can be listed. */
  readonly turnsPerExecution: number | undefined;
};

export const strategiesFolder = join(import.meta.dirname, "end-to-end-strategies");
const exampleSpec = join(import.meta.dirname, "../../examples/sp500-sma.yaml");

/** What a user does, through the API and the command line alone; every place must give what a laptop gives. */
export function describeEndToEnd(name: string, open: () => Promise<EndToEndPlace>, can: Abilities): void {
  describe(name, () => {
    let place: EndToEndPlace;
    let person: Person;
    // A place may have been used before: names and specs of this time are its own.
    const mark = Date.now().toString(36);
    const seed = Date.now() % 1_000_000_000;
    const market = `sp500-${mark}`;
    const asNow = ["--set", `data.snapshot=${market}`, "--set", `seed=${seed}`] as const;

    const importSp500 = (run: Person["here"], file: string, snapshot: string) =>
      run("data", "import", file, "--symbol", "SP500", "--timeframe", "1d", "--name", snapshot, "--json");
    /** The example's run here; the same at every call. */
    const laptopDigest = async () =>
      (await documentOf(person.here("run", exampleSpec, ...asNow, "--json"))).resultDigest;
    /** The example's run there: started at the first call, then what exists. */
    const exampleRun = () => documentOf(person.there("run", exampleSpec, ...asNow, "--json"));
    /** A run that takes a while: about 320 bars in segments of 20. */
    const slowSpec = (work: number, change: object = {}) => ({
      name: "slow",
      data: { snapshot: market, from: "2019-01-02" },
      strategy: { name: "dip-buyer", params: { work } },
      sizing: { kind: "units", units: 10 },
      checkpoint: { everyBars: 20, keep: 100 },
      seed,
      ...change,
    });

    beforeAll(async () => {
      place = await open();
      person = openPerson(place);
      for (const run of [person.here, person.there])
        expect(await importSp500(run, sp500File, market)).toMatchObject({ code: 0 });
    });
    afterAll(async () => {
      person?.leave();
      await place?.close();
    });

    test("an imported file is the same snapshot as on a laptop", async () => {
      const shown = z.object({ snapshotId: z.string() });
      const [here, there] = [
        await person.here("data", "show", market, "--json"),
        await person.there("data", "show", market, "--json"),
      ].map(({ stdout }) => shown.parse(JSON.parse(stdout)));
      expect(there).toEqual(here);
    });

    test.for([1_000, 7_777, 100_000])("the example has the laptop's digest in segments of %i bars", async (bars) => {
      const size = ["--segment-bars", String(bars), "--fresh", "--json"];
      const there = await documentOf(person.there("run", exampleSpec, ...asNow, ...size));
      expect(there).toMatchObject({ status: "completed", resultDigest: await laptopDigest() });
      expect(there.timing.segments).toBe(Math.ceil((sp500Lines.length - 1) / bars));
    });

    test("a run that was started apart is watched to its end", async () => {
      const started = await documentOf(person.there("run", exampleSpec, ...asNow, "--fresh", "--detach", "--json"));
      const watched = await documentOf(person.there("watch", started.runId, "--json"));
      expect(watched).toMatchObject({ status: "completed", resultDigest: await laptopDigest() });
    });

    test("an equal run is answered from what exists, and computes nothing", async () => {
      const first = await exampleRun();
      expect(await exampleRun()).toEqual(first);
    });

    test("a cancelled run stops at a checkpoint, and resumed has the laptop's digest", async () => {
      const spec = slowSpec(1_000_000);
      const { runId } = await person.remote.runs.start(spec, false);
      await begunThere(runId, person.remote);
      const asked = await person.remote.runs.cancel(runId, false);
      expect(["cancelling", "cancelled"]).toContain(asked.status);
      const cancelled = await endedThere(runId, person.remote);
      expect(cancelled.status).toBe("cancelled");
      expect(cancelled.head.bar).toBeLessThan(cancelled.data.endBar);
      expect(await person.remote.runs.resume(runId, "auto")).toMatchObject({ how: "execution" });
      const resumed = await endedThere(runId, person.remote);
      expect(resumed).toMatchObject({ status: "completed", timing: { attempts: 2 } });
      expect(resumed.resultDigest).toBe((await onLaptop(spec)).resultDigest);
    });

    test("a strategy of the user's own has the laptop's digest", async () => {
      const spec = slowSpec(0, { data: { snapshot: market }, checkpoint: { everyBars: 1_000, keep: 3 } });
      const { runId } = await person.remote.runs.start(spec, false);
      const run = await endedThere(runId, person.remote);
      expect(run.resultDigest).toBe((await onLaptop(spec)).resultDigest);
    });

    /** The spec on this machine, with the file of the strategy in place of its name. */
    async function onLaptop(spec: ReturnType<typeof slowSpec>) {
      const { params } = spec.strategy;
      const file = join(strategiesFolder, "dip-buyer.ts");
      person.workplace.write("own.json", JSON.stringify({ ...spec, strategy: { file, params } }));
      return documentOf(person.here("run", "own.json", "--json"));
    }

    test("a mistake in a strategy fails the run with its message", async () => {
      const change = {
        checkpoint: { everyBars: 20 },
        data: { snapshot: market },
        strategy: { name: "faulty", params: { failAt: 30 } },
      };
      const { runId } = await person.remote.runs.start(slowSpec(0, { name: "faulty", ...change }), false);
      const failed = await endedThere(runId, person.remote);
      expect(failed).toMatchObject({ status: "failed", reason: { name: "StrategyError" } });
      expect(failed.reason?.message).toContain("divided by the spread");
    });

    test("a fork goes on from a checkpoint with other parameters, as on a laptop", async () => {
      const size = ["--segment-bars", "1000", "--set", "strategy.params.fast=12"];
      const fork = async (run: Person["here"]) => {
        const { runId } = await documentOf(run("run", exampleSpec, ...asNow, ...size, "--json"));
        const place = `${runId}@4`;
        return documentOf(run("checkpoints", "fork", place, "--set", "strategy.params.fast=20", "--json"));
      };
      const [here, there] = [await fork(person.here), await fork(person.there)];
      expect(there).toMatchObject({ status: "completed", resultDigest: here.resultDigest });
    });

    test("appended bars extend a finished run, and only they are computed", async () => {
      const { workplace } = person;
      const growing = `growing-${mark}`;
      const first = workplace.write("first.csv", sp500Lines.slice(0, 4_001).join("\n"));
      const more = workplace.write("more.csv", [sp500Lines[0], ...sp500Lines.slice(4_001)].join("\n"));
      expect(await importSp500(person.there, first, growing)).toMatchObject({ code: 0 });
      workplace.write("growing.json", smaSpec({ name: "growing", data: { snapshot: growing }, seed }));
      workplace.write("whole.json", smaSpec({ name: "growing", data: { snapshot: market }, seed }));
      const { runId } = await documentOf(person.there("run", "growing.json", "--json"));
      expect(await person.there("data", "append", growing, more)).toMatchObject({ code: 0 });
      const extended = await documentOf(person.there("extend", runId, "--json"));
      const whole = await documentOf(person.here("run", "whole.json", "--json"));
      expect(extended).toMatchObject({ status: "completed", resultDigest: whole.resultDigest });
      expect(extended.timing.bars).toBe(sp500Lines.length - 4_001);
    });

    test("checkpoints are listed, shown, verified and cleaned up", async () => {
      const { checkpoints: there, runs } = person.remote;
      const many = slowSpec(0, { name: "many", seed: seed + 1 });
      const { runId } = await runs.start(many, false);
      await endedThere(runId, person.remote);
      const { checkpoints } = await there.list(runId, {}, 10);
      expect(checkpoints.length).toBeGreaterThan(10);
      const [oldest] = checkpoints.map(({ sequence }) => sequence).sort((a, b) => a - b);
      const shown = await there.get(`${runId}@${oldest}`);
      expect(shown).toMatchObject({ runId, sequence: oldest });
      expect(await person.there("checkpoints", "verify", runId)).toMatchObject({ code: 0 });
      const wouldGo = await there.cleanUp(2, 0, true);
      expect(wouldGo.checkpointCount).toBeGreaterThanOrEqual(checkpoints.length - 2);
      expect((await there.list(runId, {}, 10)).checkpoints.length).toBe(checkpoints.length);
      await there.remove(`${runId}@${oldest}`);
      const gone = await person.ask("GET", `/checkpoints/${runId}@${oldest}`);
      expect(gone.status).toBe(404);
      expect((await there.list(runId, {}, 10)).checkpoints.length).toBe(checkpoints.length - 1);
    });

    test.for([
      ["trades", "facts"],
      ["equity", "points"],
    ] as const)("%s come page by page, all of them once", async ([kind, field]) => {
      const { runId } = await exampleRun();
      const page = async (limit: number, cursor?: string) => {
        const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        const { status, text } = await person.ask("GET", `/runs/${runId}/${kind}?limit=${limit}${query}`);
        expect(status).toBe(200);
        const body = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
        return { rows: z.array(z.unknown()).parse(body[field]), next: z.string().nullable().parse(body.next) };
      };
      const walk = async (limit: number) => {
        const rows: unknown[] = [];
        let next: string | null | undefined;
        for (let n = 0; n < 20 && next !== null; n++) {
          const piece = await page(limit, next);
          rows.push(...piece.rows);
          next = piece.next;
        }
        return rows;
      };
      const whole = await walk(5_000);
      expect(whole.length).toBeGreaterThan(50);
      expect(await walk(Math.ceil(whole.length / 7))).toEqual(whole);
    });

    test("the report is a page that loads nothing from elsewhere", async () => {
      const { runId } = await exampleRun();
      expect(await person.there("report", runId, "-o", "there.html")).toMatchObject({ code: 0, stderr: "" });
      const page = readFileSync(person.workplace.path("there.html"), "utf8");
      expect(page).toMatch(/^<!doctype html>/i);
      expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="?https?:/i);
    });

    test("a repeated request with the same key has one effect and one answer", async () => {
      const key = { "idempotency-key": `key-${mark}` };
      const body = { spec: slowSpec(0, { name: "once" }), fresh: true };
      const first = await person.ask("POST", "/runs", body, key);
      const again = await person.ask("POST", "/runs", body, key);
      expect([first.status, again.status, again.headers.get("idempotent-replayed")]).toEqual([201, 201, "true"]);
      expect(actionLike.parse(JSON.parse(again.text)).runId).toBe(actionLike.parse(JSON.parse(first.text)).runId);
      await endedThere(actionLike.parse(JSON.parse(first.text)).runId, person.remote);
    });

    test("a key that was used for another request is refused", async () => {
      const key = { "idempotency-key": `other-key-${mark}` };
      const first = await person.ask("POST", "/checkpoints/cleanup", { dryRun: true }, key);
      const other = await person.ask("POST", "/checkpoints/cleanup", { dryRun: true, keep: 9 }, key);
      expect([first.status, other.status]).toEqual([200, 422]);
    });

    test("a deleted run is gone, with its checkpoints", async () => {
      const { runId } = await person.remote.runs.start(slowSpec(0, { name: "short-lived" }), true);
      await endedThere(runId, person.remote);
      await person.remote.runs.remove(runId);
      expect((await person.ask("GET", `/runs/${runId}`)).status).toBe(404);
      expect((await person.ask("GET", `/checkpoints/${runId}@1`)).status).toBe(404);
    });

    test.skipIf(can.turnsPerExecution === undefined)(
      "a long run goes through several executions to the laptop's digest",
      async () => {
        const turns = can.turnsPerExecution ?? 1;
        const segmentBars = Math.ceil((sp500Lines.length - 1) / (turns * 2.5));
        const run = await documentOf(
          person.there("run", exampleSpec, ...asNow, "--segment-bars", String(segmentBars), "--fresh", "--json"),
        );
        expect(run).toMatchObject({ status: "completed", resultDigest: await laptopDigest() });
        const names = [`${run.runId}-1`, `${run.runId}-1-c1`, `${run.runId}-1-c2`];
        expect([...((await place.executionsOf?.(run.runId)) ?? [])].sort()).toEqual(names);
      },
    );

    test.skipIf(!can.redeploys)(
      "a run whose code changed meanwhile is refused with both digests, and forked",
      async () => {
        const { runs } = person.remote;
        const { runId } = await runs.start(slowSpec(1_000_000, { name: "changed" }), true);
        await begunThere(runId, person.remote);
        await runs.cancel(runId, false);
        const cancelled = await endedThere(runId, person.remote);
        expect(cancelled.status).toBe("cancelled");
        await place.redeploy?.(changedStrategies(person));
        const refused = await person.ask("POST", `/runs/${runId}/resume`, {});
        expect(refused.status).toBe(409);
        const { type, detail } = problemLike.parse(JSON.parse(refused.text));
        expect(type).toContain("strategy-changed");
        expect(detail).toMatch(/spec digest ([0-9a-f]{64}), the strategy's code now gives (?!\1)[0-9a-f]{64}/);
        const fork = await runs.fork(
          runId,
          cancelled.head.sequence,
          [{ path: ["strategy", "params", "work"], value: 0 }],
          true,
        );
        expect((await endedThere(fork.runId, person.remote)).status).toBe("completed");
        await place.redeploy?.(strategiesFolder);
      },
    );
  });
}

/** The strategies with another comment in one of them: other code, by its digest. */
function changedStrategies({ workplace }: Person): string {
  const source = readFileSync(join(strategiesFolder, "dip-buyer.ts"), "utf8");
  workplace.write("dip-buyer.ts", `${source}\n// Looked over once more.\n`);
  copyFileSync(join(strategiesFolder, "faulty.ts"), workplace.path("faulty.ts"));
  return workplace.folder;
}
