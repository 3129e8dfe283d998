import { blockBars } from "../engine/bar-block.ts";
import { sliceBars } from "../engine/bars.ts";
import { programColumns } from "../engine/program-columns.ts";
import { Simulation } from "../engine/simulation.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import { encodeState } from "../run/checkpoint.ts";
import { compileProgram } from "../run/program.ts";
import { inSampleSpec } from "./expand-sweep.ts";
import type { OpenedSweep } from "./open-sweep.ts";
import { sweepLanes } from "./sweep-lanes.ts";

/** What lanes of a sweep take, measured on a few of them. */
export type LaneSample = {
  /** Of one thread. */
  readonly laneBarsPerSecond: number;
  /** Of a lane: its parameters as JSON, its share of the columns over a block of bars in memory, its share of a checkpoint. */
  readonly pointBytes: number;
  readonly columnBytes: number;
  readonly stateBytes: number;
};

/** How long to measure: for so many milliseconds of this thread, and no more than this share of the sweep's own work. */
export type SampleLimit = { readonly ms: number; readonly share: number };

const sampleSize = { lanes: 20, firstBars: 256, bars: 65_536 };
/** Of a sweep all of whose lanes are refused: nothing depends on it. */
const nothingMeasured: LaneSample = { laneBarsPerSecond: 1_000_000, pointBytes: 1, columnBytes: 1, stateBytes: 1 };

/** Folds the first bars of the first window into the first lanes, more and more bars until the limit, so that compiled code is measured. Nothing is stored. */
export async function sampleLanes(opened: OpenedSweep, limit: SampleLimit): Promise<LaneSample> {
  const { strategy, snapshot, plan } = opened;
  const range = plan.windows[0]?.inSample[0] ?? opened.bars;
  const { startBar } = range;
  const numbers = Array.from({ length: Math.min(sampleSize.lanes, plan.points.count) }, (_, lane) => lane);
  const { points, params } = sweepLanes(opened, numbers);
  const taken = points.filter((_, lane) => params[lane] !== undefined);
  if (taken.length === 0) return nothingMeasured;
  const bars = await snapshot.read(startBar, Math.min(range.endBar, startBar + sampleSize.bars));
  const { timeframe, lot } = onlyInstrument(snapshot.manifest);
  const program = compileProgram(inSampleSpec(opened, range, taken), strategy, { timeframe, startBar, lot });

  const most = limit.share * laneBarsOf(opened);
  const beganAtMs = busyMs();
  let [count, done] = [0, 0];
  let sized = { laneBars: 0, ms: 0 };
  let simulation: Simulation;
  do {
    const next = Math.min(bars.close.length, Math.max(sampleSize.firstBars, 2 * count));
    // Of fewer bars more is start and warm-up.
    if (next > count) sized = { laneBars: 0, ms: 0 };
    count = next;
    const pieceAtMs = busyMs();
    simulation = new Simulation(program);
    simulation.advance(sliceBars(bars, startBar, startBar + count));
    simulation.takeFacts();
    const laneBars = taken.length * count;
    sized = { laneBars: sized.laneBars + laneBars, ms: sized.ms + busyMs() - pieceAtMs };
    done += laneBars;
  } while (busyMs() - beganAtMs < limit.ms && done < most);

  const state = encodeState({ engineVersion: 0, specDigest: "", snapshotId: "", ...simulation.save() });
  const blockLength = Math.min(blockBars, range.endBar - startBar);
  return {
    laneBarsPerSecond: (sized.laneBars / Math.max(sized.ms, 1)) * 1_000,
    pointBytes: Buffer.byteLength(JSON.stringify(taken)) / taken.length,
    columnBytes: (programColumns(program).seriesCount * blockLength * Float64Array.BYTES_PER_ELEMENT) / taken.length,
    stateBytes: Buffer.byteLength(state.text) / taken.length,
  };
}

/** Milliseconds that this thread has computed: on a busy machine it waits for most of the time. An older Node tells only the time. */
function busyMs(): number {
  if (!("threadCpuUsage" in process)) return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Lanes times bars of all windows, without warm-ups. */
function laneBarsOf({ spec, plan }: OpenedSweep): number {
  const lanes = spec.method.kind === "tpe" ? spec.method.n : plan.points.count;
  const bars = plan.windows
    .flatMap(({ inSample }) => inSample)
    .reduce((sum, { startBar, endBar }) => sum + endBar - startBar, 0);
  return lanes * bars;
}
