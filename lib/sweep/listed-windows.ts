import { momentMs } from "../run/moment.ts";
import { lowerBound } from "./bar-calendar.ts";
import type { WindowsSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";
import type { BarRange, SweepWindow } from "./windows.ts";

type ListSpec = Extract<WindowsSpec, { kind: "list" }>;
type Dates = ListSpec["list"][number]["inSample"];

/**
 * Windows by dates (both included), over bars numbered from 0. Throws SweepSpecError for a range without bars, ranges that overlap, or a choice on bars after those
 * it is judged on.
 */
export function listedWindows({ list }: ListSpec, openTimeMs: Float64Array): SweepWindow[] {
  const windows = list.map(({ inSample, outOfSample }, index) => {
    const field = `windows.list[${index}]`;
    const trained = barsBetween(inSample, `${field}.inSample`, openTimeMs);
    const judged = barsBetween(outOfSample, `${field}.outOfSample`, openTimeMs);
    refuseOverlap(
      trained,
      judged,
      `${field}.outOfSample`,
      `inSample (${inSample.from} to ${inSample.to})`,
      outOfSample,
    );
    if (judged.startBar < trained.startBar)
      throw new SweepSpecError(
        `${field}.outOfSample: expected it after inSample (${inSample.from} to ${inSample.to}), found ${outOfSample.from} to ${outOfSample.to}. In a track record no choice may have seen later bars; to judge on earlier ones, use k-fold or cpcv.`,
      );
    return { index, inSample: [trained], outOfSample: [judged] };
  });
  windows.forEach(({ outOfSample: [judged] }, index) => {
    const before = windows[index - 1]?.outOfSample[0];
    const dates = list[index]?.outOfSample;
    if (before === undefined || judged === undefined || dates === undefined || judged.startBar >= before.endBar) return;
    throw new SweepSpecError(
      `windows.list[${index}].outOfSample: expected it after the one before it, found ${dates.from} to ${dates.to}.`,
    );
  });
  return windows;
}

function barsBetween({ from, to }: Dates, field: string, openTimeMs: Float64Array): BarRange {
  const startBar = lowerBound(openTimeMs, momentMs(from, "start"));
  const endBar = lowerBound(openTimeMs, momentMs(to, "end") + 1);
  if (startBar >= endBar)
    throw new SweepSpecError(`${field}: expected at least one bar, found none from ${from} to ${to}.`);
  return { startBar, endBar };
}

function refuseOverlap(a: BarRange, b: BarRange, field: string, other: string, { from, to }: Dates): void {
  if (a.startBar >= b.endBar || b.startBar >= a.endBar) return;
  const shared = Math.min(a.endBar, b.endBar) - Math.max(a.startBar, b.startBar);
  throw new SweepSpecError(
    `${field}: expected no bar of ${other}, found ${from} to ${to}, which share ${shared} bars. A lane must not be judged on bars it was chosen on.`,
  );
}
