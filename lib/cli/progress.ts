import type { RunProgress } from "../local/execute-run.ts";
import { countText, durationText, percentText } from "./quantity-text.ts";

/** Shows how far a run is, on stderr: a line that redraws itself on a terminal, now and then a line of its own elsewhere. */
export type ProgressBar = { show(progress: RunProgress): void; end(): void };

/** What a progress bar needs to know of its run; `everyBars` is the length of a segment. */
export type ProgressOf = { readonly fromBar: number; readonly everyBars: number; readonly isQuiet: boolean };

const redrawEveryMs = 100;
const lineEveryMs = 5_000;

export function openProgress({ fromBar, everyBars, isQuiet }: ProgressOf): ProgressBar {
  const isTerminal = process.stderr.isTTY === true;
  const startedAtMs = Date.now();
  let shownAtMs = isTerminal ? 0 : startedAtMs;
  let isDrawn = false;
  return {
    show(progress) {
      const nowMs = Date.now();
      if (isQuiet || nowMs - shownAtMs < (isTerminal ? redrawEveryMs : lineEveryMs)) return;
      shownAtMs = nowMs;
      const text = progressText(progress, { fromBar, everyBars, elapsedMs: nowMs - startedAtMs });
      if (!isTerminal) {
        process.stderr.write(`${text}\n`);
        return;
      }
      isDrawn = true;
      const { bar, startBar, endBar } = progress;
      const room = Math.max(0, Math.min(30, (process.stderr.columns ?? 80) - text.length - 4));
      process.stderr.write(
        `\r\x1b[K${drawnBar((bar - startBar) / (endBar - startBar), room)}${text}`.slice(
          0,
          (process.stderr.columns ?? 80) + 3,
        ),
      );
    },
    end() {
      if (isDrawn) process.stderr.write("\r\x1b[K");
    },
  };
}

/** "segment 3/11, bar 2,300 of 5,104 (45.06 %), 1,234,567 bars/s, 3 s left"; the speed is that since `fromBar`, where this process began. */
export function progressText(
  { bar, startBar, endBar, sequence }: RunProgress,
  {
    fromBar,
    everyBars,
    elapsedMs,
  }: { readonly fromBar: number; readonly everyBars: number; readonly elapsedMs: number },
): string {
  const barsPerSecond = elapsedMs > 0 ? ((bar - fromBar) / elapsedMs) * 1_000 : 0;
  const segments = Math.max(sequence, sequence - 1 + Math.ceil((endBar - bar + 1) / everyBars));
  const left =
    barsPerSecond > 0
      ? `, ${countText(barsPerSecond)} bars/s, ${durationText(((endBar - bar) / barsPerSecond) * 1_000)} left`
      : "";
  return `segment ${sequence}/${segments}, bar ${countText(bar - startBar)} of ${countText(endBar - startBar)} (${percentText((bar - startBar) / (endBar - startBar))})${left}`;
}

function drawnBar(share: number, width: number): string {
  if (width < 5) return "";
  const full = Math.round(share * width);
  return `[${"█".repeat(full)}${"░".repeat(width - full)}] `;
}
