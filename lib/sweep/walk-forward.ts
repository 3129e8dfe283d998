import type { BarCalendar, Mark } from "./bar-calendar.ts";
import { type Length, lengthText } from "./length-text.ts";
import { acceptedLength, type WindowsSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";
import type { BarRange, SweepWindow } from "./windows.ts";

type WalkSpec = Extract<WindowsSpec, { kind: "rolling" | "anchored" }>;

/** More windows than this are surely a mistake in a length. */
const mostWindows = 10_000;

/**
 * Rolling or anchored walk-forward windows over bars numbered from 0. Window k begins k steps after the first bar (an anchored one always at the first bar);
 * its out-of-sample range follows the in-sample range after the embargo. The last one is dropped when it is not full, unless `partial`.
 * Throws SweepSpecError when none fits or when out-of-sample ranges would overlap.
 */
export function walkForward(spec: WalkSpec, calendar: BarCalendar): SweepWindow[] {
  const lengths = {
    inSample: acceptedLength(spec.inSample),
    embargo: acceptedLength(spec.embargo),
    outOfSample: acceptedLength(spec.outOfSample),
    step: acceptedLength(spec.step ?? spec.outOfSample),
  };
  const windows: SweepWindow[] = [];
  const origin = calendar.markAt(0);
  for (let k = 0; ; k++) {
    const ranges = rangesAt(k, origin, lengths, spec, calendar);
    if (ranges === undefined) break;
    if (k === mostWindows) {
      throw new SweepSpecError(
        `windows.step: expected at most ${mostWindows} windows, found more with a step of ${lengthText(lengths.step)} over ${calendar.barCount} bars. Use a longer step.`,
      );
    }
    // A gap in the data may leave a range of days without bars; such a window is passed over.
    const { inSample } = ranges;
    const outOfSample = afterLast(windows, ranges.outOfSample, lengths);
    if ([inSample, outOfSample].every(({ startBar, endBar }) => startBar < endBar)) {
      windows.push({ index: windows.length, inSample: [inSample], outOfSample: [outOfSample] });
    }
  }
  if (windows.length === 0) refuseTooLong(lengths, calendar);
  return windows;
}

type Lengths = {
  readonly inSample: Length;
  readonly embargo: Length;
  readonly outOfSample: Length;
  readonly step: Length;
};

/** The ranges of window `index`, which may be empty; undefined when the data ends before it does. */
function rangesAt(
  index: number,
  origin: Mark,
  lengths: Lengths,
  { kind, partial }: WalkSpec,
  calendar: BarCalendar,
): { readonly inSample: BarRange; readonly outOfSample: BarRange } | undefined {
  const start = calendar.move(origin, { ...lengths.step, count: lengths.step.count * index });
  const cut = start && calendar.move(start, lengths.inSample);
  const judged = cut && calendar.move(cut, lengths.embargo);
  if (start === undefined || cut === undefined || judged === undefined) return undefined;
  const rest = partial && judged.position < calendar.barCount ? calendar.barCount : undefined;
  const end = calendar.move(judged, lengths.outOfSample)?.position ?? rest;
  if (end === undefined) return undefined;
  return {
    inSample: { startBar: kind === "anchored" ? 0 : start.position, endBar: cut.position },
    outOfSample: { startBar: judged.position, endBar: end },
  };
}

function refuseTooLong({ inSample, embargo, outOfSample }: Lengths, calendar: BarCalendar): never {
  throw new SweepSpecError(
    `windows: expected room for at least one window of ${lengthText(inSample)} in-sample, ${lengthText(embargo)} embargo and ${lengthText(outOfSample)} out-of-sample, found ${calendar.barCount} bars${spanOf(calendar)}. Use shorter windows or more data.`,
  );
}

function spanOf(calendar: BarCalendar): string {
  const day = (position: number) => new Date(calendar.markAt(position).timeMs).toISOString().slice(0, 10);
  return calendar.barCount === 0 ? "" : ` (${day(0)} to ${day(calendar.barCount - 1)})`;
}

/**
 * The out-of-sample range less what the window before has of it. That happens, by a few bars, when an embargo in bars is added to lengths in days and weekends lie
 * differently; a step that is shorter than the range is a mistake.
 */
function afterLast(windows: readonly SweepWindow[], range: BarRange, { step, outOfSample }: Lengths): BarRange {
  const last = windows.at(-1)?.outOfSample[0]?.endBar ?? 0;
  if (range.startBar >= last) return range;
  if (step.unit === outOfSample.unit && step.count >= outOfSample.count) return { ...range, startBar: last };
  throw new SweepSpecError(
    `windows.step: expected at least the out-of-sample length (${lengthText(outOfSample)}), found ${lengthText(step)}: the out-of-sample ranges of windows ${windows.length - 1} and ${windows.length} would overlap and count bars twice.`,
  );
}
