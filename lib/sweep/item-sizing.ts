import type { ItemSizing } from "./plan-items.ts";
import type { LaneSample, SampleLimit } from "./sample-lanes.ts";

/** Where items are computed: how long one should take, how often it makes a checkpoint, and how long to measure the speed before. */
export type ItemPlace = {
  readonly targetSeconds: number;
  readonly checkpointSeconds: number;
  readonly sample: SampleLimit;
};

/** On one's own machine: lanes that stand together share columns, and results come now and then. */
export const itemsHere: ItemPlace = { targetSeconds: 10, checkpointSeconds: 5, sample: { ms: 50, share: 0.05 } };

/** On AWS, where children are started at 100 a second and cost a dozen transitions each, and each checkpoint is an invocation. */
export const itemsOnAws: ItemPlace = { targetSeconds: 180, checkpointSeconds: 60, sample: { ms: 1_000, share: 0.5 } };

/** So that all workers end at about the same time. */
export const itemsPerWorker = 2;

/** What one run of lanes may take: its spec stands in its record, every change of which is a write of its whole size on AWS; columns stay in memory; the state is a checkpoint. */
const room = { specBytes: 48_000, columnBytes: 128 * 2 ** 20, stateBytes: 8 * 2 ** 20 };

/** How items of such lanes are cut. The speed is rounded to a power of two, so that a plan that is made again is mostly cut as it was. */
export function measuredSizing(sample: LaneSample, { targetSeconds, checkpointSeconds }: ItemPlace): ItemSizing {
  const { laneBarsPerSecond, pointBytes, columnBytes, stateBytes } = sample;
  const fits = Math.min(room.specBytes / pointBytes, room.columnBytes / columnBytes, room.stateBytes / stateBytes);
  return {
    laneBarsPerSecond: 2 ** Math.round(Math.log2(laneBarsPerSecond)),
    targetSeconds,
    mostLanes: Math.max(1, Math.floor(fits)),
    checkpointSeconds,
  };
}
