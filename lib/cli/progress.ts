import type { RunProgress } from "../local/execute-run.ts";
import type { RunRecord } from "../run/run-store.ts";
import { countText, durationText, percentText } from "./quantity-text.ts";

/** Shows how far a run is, on stderr: a line that redraws itself on a terminal, now and then a line of its own elsewhere. */
export type ProgressBar = { show(progress: RunProgress): void; end(): void };

/** Where this process takes a run up, and how long its segments are. */
export type ProgressStart = Pick<RunRecord, "headBar" | "headSequence"> & { readonly everyBars: number };

const redrawEveryMs = 100;
const lineEveryMs = 5_000;
const widestBar = 30;

export function openProgress(start: ProgressStart, isQuiet: boolean): ProgressBar {
  const isTerminal = process.stderr.isTTY === true;
  const startedAtMs = Date.now();
  let shownAtMs = isTerminal ? 0 : startedAtMs;
  let isDrawn = false;
  return {
    show(progress) {
      const nowMs = Date.now();
      if (isQuiet || nowMs - shownAtMs < (isTerminal ? redrawEveryMs : lineEveryMs)) return;
      shownAtMs = nowMs;
      const text = progressText(progress, start, nowMs - startedAtMs);
      process.stderr.write(
        isTerminal ? `\r\x1b[K${drawnLine(progress, text, process.stderr.columns || 80)}` : `${text}\n`,
      );
      isDrawn = isTerminal;
    },
    end() {
      if (isDrawn) process.stderr.write("\r\x1b[K");
      isDrawn = false;
    },
  };
}

/** "segment 3/11, bar 2,300 of 5,104 (45.06 %), 1,234,567 bars/s, 3 s left"; the speed is that of this process. */
export function progressText(
  { bar, startBar, endBar, sequence }: RunProgress,
  start: ProgressStart,
  elapsedMs: number,
): string {
  const segments = Math.max(sequence, start.headSequence + Math.ceil((endBar - start.headBar) / start.everyBars));
  const place = `segment ${sequence}/${segments}, bar ${countText(bar - startBar)} of ${countText(endBar - startBar)} (${percentText((bar - startBar) / (endBar - startBar))})`;
  const barsPerMs = elapsedMs > 0 ? (bar - start.headBar) / elapsedMs : 0;
  return barsPerMs === 0
    ? place
    : `${place}, ${countText(barsPerMs * 1_000)} bars/s, ${leftText((endBar - bar) / barsPerMs)} left`;
}

/** "32 s", "4:05 min": whole seconds. */
export function leftText(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1_000)} s` : durationText(ms);
}

/** A bar as wide as the terminal leaves room for, then the text; never wider than the terminal. */
function drawnLine({ bar, startBar, endBar }: RunProgress, text: string, columns: number): string {
  const width = Math.min(widestBar, columns - text.length - 4);
  if (width < 5) return text.slice(0, columns - 1);
  const full = Math.round(((bar - startBar) / (endBar - startBar)) * width);
  return `[${"█".repeat(full)}${"░".repeat(width - full)}] ${text}`;
}
