import { expect, test } from "vitest";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { counting } from "./counting.ts";
import { crashing, crashPoint, SimulatedCrash } from "./crashing.ts";
import { checkpoint, newRun, segment, startRun } from "./run-records.builder.ts";

test("a crash before the third write leaves two", async () => {
  const { runs } = await openMemoryStores();
  const doomed = crashing(runs, crashPoint({ write: 3, when: "before", how: "throw" }));
  await startRun(doomed);
  await expect(doomed.commit(checkpoint(), segment())).rejects.toThrow(SimulatedCrash);
  expect((await runs.getRun("r1"))?.headSequence).toBe(0);
});

test("a crash after the third write leaves three", async () => {
  const { runs } = await openMemoryStores();
  const doomed = crashing(runs, crashPoint({ write: 3, when: "after", how: "throw" }));
  await startRun(doomed);
  await expect(doomed.commit(checkpoint(), segment())).rejects.toThrow(SimulatedCrash);
  expect((await runs.getRun("r1"))?.headSequence).toBe(1);
});

test("reads are not counted as writes", async () => {
  const { runs } = await openMemoryStores();
  const doomed = crashing(runs, crashPoint({ write: 2, when: "before", how: "throw" }));
  await doomed.createRun(newRun());
  for (let read = 0; read < 5; read++) await doomed.getRun("r1");
  await expect(doomed.removeRun("r1")).rejects.toThrow(SimulatedCrash);
});

test("writes of stores that share a point are counted together, and all of them die", async () => {
  const { runs, objects } = await openMemoryStores();
  const point = crashPoint({ write: 2, when: "after", how: "throw" });
  const doomedObjects = crashing(objects, point);
  const doomedRuns = crashing(runs, point);
  const hash = await doomedObjects.put("parts", new Uint8Array([1]));
  await expect(doomedRuns.createRun(newRun())).rejects.toThrow(SimulatedCrash);
  await expect(doomedObjects.get("parts", hash)).rejects.toThrow(SimulatedCrash);
  expect(() => doomedObjects.list("parts")).toThrow(SimulatedCrash);
});

test("counting tells how often each method was called", async () => {
  const { runs } = await openMemoryStores();
  const { store, calls } = counting(runs);
  await startRun(store);
  await store.getRun("r1");
  await store.getRun("r1");
  expect(Object.fromEntries(calls)).toEqual({ createRun: 1, beginAttempt: 1, getRun: 2 });
});
