import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { engineVersion } from "../../lib/backstitch.ts";
import { type Bars, barCount, sliceBars } from "../../lib/engine/bars.ts";
import { allRows } from "../../lib/engine/fact-columns.ts";
import { Simulation } from "../../lib/engine/simulation.ts";
import { checkpointFormat, encodeState, loadState, type RunState, recordCheckpoint } from "../../lib/run/checkpoint.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import { compileProgram } from "../../lib/run/program.ts";
import type { CheckpointRecord } from "../../lib/run/run-store.ts";
import { openMemoryObjectStore } from "../../lib/stores/memory/object-store.ts";
import { checkpointStrategy } from "./checkpoint-strategy.ts";
import { sp500Bars } from "./sp500-bars.ts";

/** Stored checkpoints, one of each format that was ever released, all of this run at this bar. */
const formats = [1];
const file = (format: number) => `../golden/checkpoint-format-${format}.json`;
const key = { engineVersion, specDigest: "0".repeat(64), snapshotId: "1".repeat(64) };
const cutAt = 2_500;

test("the checkpoint of today's format is the stored one, letter by letter", async () => {
  const bars = await sp500Bars();
  const simulation = new Simulation(program());
  simulation.advance(sliceBars(bars, 0, cutAt));
  const place = {
    runId: "golden",
    sequence: 1,
    parentId: undefined,
    barTimeMs: bars.openTimeMs[cutAt - 1] ?? 0,
    createdAtMs: 0,
  };
  const state = { ...key, ...simulation.save() };
  const record = await recordCheckpoint(state, encodeState(state), place, openMemoryObjectStore());
  await expect(`${JSON.stringify(record, null, 2)}\n`).toMatchFileSnapshot(file(checkpointFormat));
});

test.each(formats)(
  "a stored checkpoint of format %d is read and runs on to the result of a run that never stopped",
  async (format) => {
    const record = JSON.parse(readFileSync(new URL(file(format), import.meta.url), "utf8")) as CheckpointRecord;
    if (record.engineVersion !== engineVersion) {
      await expect(loadState(record, openMemoryObjectStore())).rejects.toThrow(
        `was written by engine version ${record.engineVersion}, this is version ${engineVersion}`,
      );
      return;
    }
    const bars = await sp500Bars();
    const resumed = runFrom(await loadState(record, openMemoryObjectStore()), bars);
    expect(resumed.fills.length).toBeGreaterThan(50);
    expect(resumed).toEqual(runFrom(undefined, bars));
  },
);

/** Goes on from a state, or from the first bar; gives the last state's id and the fills after bar `cutAt`. */
function runFrom(state: RunState | undefined, bars: Bars) {
  const simulation = new Simulation(program(), state);
  simulation.advance(sliceBars(bars, simulation.barIndex, barCount(bars)));
  const { checkpointId } = encodeState({ ...key, ...simulation.save() });
  const fills = simulation.takeFacts().lanes.flatMap((lane) => allRows(lane.fills).filter((fill) => fill.bar >= cutAt));
  return { checkpointId, fills };
}

function program() {
  const spec = parseSpec(
    {
      data: { snapshot: "sp500" },
      strategy: { name: checkpointStrategy.name, lanes: [{ length: 20 }, { length: 50 }] },
      sizing: { kind: "fraction", fraction: 0.2, lot: 0.001 },
      execution: { pyramiding: 5, commission: { kind: "percent", percent: 0.1, minimum: 1 } },
    },
    "The spec",
  );
  return compileProgram(spec, checkpointStrategy, { timeframe: "1d", startBar: 0, lot: undefined });
}
