import type { RunResult } from "../run/result.ts";
import { inheritedBy } from "./carried-state.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import type { OverfittingFigures } from "./overfitting-figures.ts";
import { metricsOverRanges } from "./range-metrics.ts";
import type { SelectedSweep, Winner } from "./select-winners.ts";
import type { RangeOfBars, SweepResult, WindowResult, WinnerResult } from "./sweep-result.ts";
import { walkForwardEfficiency } from "./window-answer.ts";
import type { BarRange } from "./windows.ts";
import { type WinnerRun, winnerResult } from "./winner-runs.ts";

/** A winner's run with its result. */
export type JudgedWinner = { readonly winner: WinnerRun; readonly result: RunResult };

/** The winners' runs that have a result. */
export async function judgedWinners(
  winners: readonly WinnerRun[],
  stores: SweepStores,
): Promise<readonly JudgedWinner[]> {
  const judged: JudgedWinner[] = [];
  for (const winner of winners) {
    const result = await winnerResult(winner.run, stores);
    if (result !== undefined) judged.push({ winner, result });
  }
  return judged;
}

/** What a window answers. */
export function windowResult(
  { opened, selected }: { readonly opened: OpenedSweep; readonly selected: SelectedSweep },
  index: number,
  overfitting: OverfittingFigures | null,
  judged: readonly JudgedWinner[],
): WindowResult {
  const window = opened.plan.windows[index];
  const chosen = selected.windows[index];
  const winners = (chosen?.winners ?? []).map((winner, rank) => winnerOf(opened, winner, index, rank, judged));
  const [best] = winners;
  const run = judged.find(({ winner }) => winner.window === index && winner.rank === 0)?.winner.run;
  const inherited = run === undefined ? undefined : inheritedBy(run);
  return {
    index,
    inSample: {
      ranges: (window?.inSample ?? []).map((range) => rangeOfBars(opened, range)),
      metrics: best?.inSample ?? null,
    },
    outOfSample: {
      ranges: (window?.outOfSample ?? []).map((range) => rangeOfBars(opened, range)),
      metrics: best?.outOfSample ?? null,
      ...(inherited !== undefined && { inherited }),
    },
    best: best === undefined ? null : { lane: best.lane, params: best.params, value: best.value },
    efficiency: best?.efficiency ?? null,
    winners,
    selection: chosen?.selection ?? { failed: 0, excluded: [], undefinedObjective: 0 },
    overfitting,
  };
}

function winnerOf(
  { plan }: OpenedSweep,
  { lane, params, value, inSample }: Winner,
  window: number,
  rank: number,
  judged: readonly JudgedWinner[],
): WinnerResult {
  const own = judged.filter(({ winner }) => winner.window === window && winner.rank === rank);
  const runIds = own.map(({ winner }) => winner.run.runId);
  const wanted = plan.windows[window]?.outOfSample.length ?? 0;
  const metrics = own.flatMap(({ result: { lanes } }) =>
    lanes[0]?.failure === undefined && lanes[0] ? [lanes[0].metrics] : [],
  );
  const [first, ...rest] = metrics;
  const outOfSample =
    first === undefined || wanted === 0 || metrics.length < wanted ? null : metricsOverRanges([first, ...rest]);
  const efficiency = outOfSample && walkForwardEfficiency(plan.objective, inSample, outOfSample);
  return { lane, params, value, inSample, outOfSample, efficiency, runIds };
}

/** The winner of a window as a sweep's answer names it. */
export function bestOf({ index, best, inSample }: WindowResult): SweepResult["best"] {
  if (best === null || inSample.metrics === null) return null;
  return { window: index, ...best, metrics: inSample.metrics };
}

/** A range with its times. */
export function rangeOfBars({ openTimeMs }: OpenedSweep, { startBar, endBar }: BarRange): RangeOfBars {
  return {
    startBar,
    endBar,
    firstTimeMs: openTimeMs[startBar] as number,
    lastTimeMs: openTimeMs[endBar - 1] as number,
  };
}
