import type { BarCalendar } from "./bar-calendar.ts";
import { combinationCount, combinations } from "./combinations.ts";
import { type Length, lengthText } from "./length-text.ts";
import { acceptedLength, type WindowsSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";
import type { BarRange, WindowPlan } from "./windows.ts";

/**
 * k-fold over bars numbered from 0: each fold once out of sample, all others in-sample, less what is purged before and embargoed after it. The folds one after another
 * are its only backtest path.
 */
export function crossValidation(spec: Extract<WindowsSpec, { kind: "k-fold" }>, calendar: BarCalendar): WindowPlan {
  const folds = equalParts(calendar.barCount, spec.folds, "windows.folds");
  const windows = folds.map((fold, index) => ({
    index,
    inSample: withoutNeighbours(folds, [index], spec, calendar),
    outOfSample: [fold],
  }));
  return { windows, groups: folds, paths: [folds.map((_, index) => index)] };
}

/** Windows of a combinatorial sweep; more would take longer than any run. */
const mostCombinations = 10_000;

/**
 * Combinatorial purged cross-validation (M. López de Prado, "Advances in Financial Machine Learning", 2018, chapter 12): of N groups every choice of k
 * is out of sample once: C(N, k) windows, from which φ[N, k] = C(N, k) k / N whole backtest paths are put together. (The book was not at hand; the paths are those of
 * its figure 12.1, as others quote it.)
 */
export function purgedCombinations(spec: Extract<WindowsSpec, { kind: "cpcv" }>, calendar: BarCalendar): WindowPlan {
  const count = combinationCount(spec.groups, spec.testGroups);
  if (count > mostCombinations) {
    throw new SweepSpecError(
      `windows.groups: expected at most ${mostCombinations} combinations, found ${count} (${spec.testGroups} of ${spec.groups}). Use fewer groups.`,
    );
  }
  const groups = equalParts(calendar.barCount, spec.groups, "windows.groups");
  const choices = [...combinations(spec.groups, spec.testGroups)];
  const windows = choices.map((chosen, index) => ({
    index,
    inSample: withoutNeighbours(groups, chosen, spec, calendar),
    outOfSample: merged(chosen.map((group) => groups[group] as BarRange)),
  }));
  return { windows, groups, paths: pathWindows(choices, spec.groups) };
}

/** The j-th path takes for each group the j-th window in which that group is out of sample. */
export function pathWindows(choices: readonly (readonly number[])[], groupCount: number): number[][] {
  const windowsOf = Array.from({ length: groupCount }, (_, group) =>
    choices.flatMap((chosen, window) => (chosen.includes(group) ? [window] : [])),
  );
  const pathCount = windowsOf[0]?.length ?? 0;
  return Array.from({ length: pathCount }, (_, path) => windowsOf.map((windows) => windows[path] as number));
}

function equalParts(barCount: number, count: number, field: string): BarRange[] {
  if (barCount < count) {
    throw new SweepSpecError(`${field}: expected at most one for each of ${barCount} bars, found ${count}.`);
  }
  return Array.from({ length: count }, (_, i) => ({
    startBar: Math.floor((i * barCount) / count),
    endBar: Math.floor(((i + 1) * barCount) / count),
  }));
}

type Gaps = { readonly purge: string | number; readonly embargo: string | number };

/** The parts that are not chosen, less the purge before each chosen stretch and the embargo after it. */
function withoutNeighbours(
  parts: readonly BarRange[],
  chosen: readonly number[],
  gaps: Gaps,
  calendar: BarCalendar,
): BarRange[] {
  const purge = acceptedLength(gaps.purge);
  const embargo = acceptedLength(gaps.embargo);
  const forbidden = merged(chosen.map((part) => parts[part] as BarRange)).map((range) => ({
    startBar: moved(range.startBar, { ...purge, count: -purge.count }, calendar),
    endBar: moved(range.endBar, embargo, calendar),
  }));
  const left = forbidden.reduce(
    (ranges, hole) => ranges.flatMap((range) => subtract(range, hole)),
    merged(parts.filter((_, part) => !chosen.includes(part))),
  );
  if (left.length === 0) {
    throw new SweepSpecError(
      `windows: a purge of ${lengthText(purge)} and an embargo of ${lengthText(embargo)} leave no in-sample bars of ${calendar.barCount}. Use shorter ones or fewer parts.`,
    );
  }
  return left;
}

function moved(position: number, length: Length, calendar: BarCalendar): number {
  return calendar.move(calendar.markAt(position), length)?.position ?? calendar.barCount;
}

function merged(ranges: readonly BarRange[]): BarRange[] {
  const result: BarRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last?.endBar === range.startBar) result[result.length - 1] = { startBar: last.startBar, endBar: range.endBar };
    else result.push(range);
  }
  return result;
}

function subtract(range: BarRange, hole: BarRange): BarRange[] {
  const before = { startBar: range.startBar, endBar: Math.min(range.endBar, hole.startBar) };
  const after = { startBar: Math.max(range.startBar, hole.endBar), endBar: range.endBar };
  if (hole.endBar <= range.startBar || hole.startBar >= range.endBar) return [range];
  return [before, after].filter(({ startBar, endBar }) => startBar < endBar);
}
