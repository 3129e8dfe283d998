import { Simulation } from "../engine/simulation.ts";
import { findSnapshot } from "../market/find-snapshot.ts";
import { onlyInstrument, openSnapshot } from "../market/open-snapshot.ts";
import { encodeState } from "../run/checkpoint.ts";
import { loadStrategy, type RunStores } from "../run/opened-run.ts";
import { encodeParts } from "../run/parts.ts";
import { compileProgram } from "../run/program.ts";
import { digestParts, newDigests } from "../run/result.ts";
import type { PlannedRun } from "../run/start-run.ts";
import type { RunSample } from "./estimate-run.ts";

/** The sample ends after this time or this many bars, whatever comes first, and with the data. */
const longestMs = 2_000;
const mostBars = 1_000_000;
const firstPieceBars = 4_096;
const longestPieceBars = 65_536;

/** Computes the first bars of a planned run, saves nothing, and tells how fast that went and how large state and facts are. `nowMs` may have fractions. */
export async function sampleRun(plan: PlannedRun, stores: RunStores, nowMs: () => number): Promise<RunSample> {
  const manifest = await findSnapshot(plan.snapshotId, stores.snapshots);
  const { timeframe, lot } = onlyInstrument(manifest);
  const { strategy } = await loadStrategy(plan.spec);
  const simulation = new Simulation(compileProgram(plan.spec, strategy, { timeframe, startBar: plan.startBar, lot }));
  const snapshot = openSnapshot(manifest, stores.objects);
  const digests = newDigests(plan.laneCount);
  const lastBar = Math.min(plan.endBar, plan.startBar + mostBars);
  const kinds = new Set<string>();
  let [computeMs, finishMs, factBytes] = [0, 0, 0];
  let pieceBars = firstPieceBars;
  while (simulation.barIndex < lastBar && computeMs < longestMs) {
    const beganAtMs = nowMs();
    const end = Math.min(lastBar, simulation.barIndex + pieceBars);
    simulation.advance(await snapshot.read(simulation.barIndex, end));
    const parts = encodeParts(simulation.takeFacts());
    const computedAtMs = nowMs();
    for (const { kind, bytes } of parts) {
      kinds.add(kind);
      factBytes += bytes.length;
      digestParts(digests, kind, bytes);
    }
    computeMs += computedAtMs - beganAtMs;
    finishMs += nowMs() - computedAtMs;
    pieceBars = Math.min(pieceBars * 2, longestPieceBars);
  }
  const { engineVersion, specDigest, snapshotId } = plan;
  const state = encodeState({ engineVersion, specDigest, snapshotId, ...simulation.save() });
  const bars = simulation.barIndex - plan.startBar;
  return {
    bars,
    barsPerSecond: bars / (Math.max(computeMs, 0.001) / 1_000),
    stateBytes: Buffer.byteLength(state.text),
    partKinds: kinds.size,
    factBytesPerBar: factBytes / bars,
    finishSecondsPerBar: finishMs / 1_000 / bars,
  };
}
