import type { SweepProgress } from "../../local/sweep-work.ts";
import { countText, durationText } from "../quantity-text.ts";

/** Shows how far a sweep is, on stderr: a line that redraws itself on a terminal, now and then a line of its own elsewhere. */
export type SweepProgressLine = { show(progress: SweepProgress): void; end(): void };

const redrawEveryMs = { terminal: 100, other: 5_000 };

export function openSweepProgress(isQuiet: boolean): SweepProgressLine {
  const isTerminal = process.stderr.isTTY === true;
  const startedAtMs = Date.now();
  let shownAtMs = isTerminal ? 0 : startedAtMs;
  let isDrawn = false;
  return {
    show(progress) {
      const nowMs = Date.now();
      if (isQuiet || nowMs - shownAtMs < redrawEveryMs[isTerminal ? "terminal" : "other"]) return;
      shownAtMs = nowMs;
      const text = sweepProgressText(progress, nowMs - startedAtMs);
      process.stderr.write(isTerminal ? `\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${text}\n`);
      isDrawn = isTerminal;
    },
    end() {
      if (isDrawn) process.stderr.write("\r\x1b[K");
      isDrawn = false;
    },
  };
}

/** "1,200 of 12,000 lanes (200 known), 340 lanes/s, best 1.23, 32 s left"; the speed is that of this process. */
export function sweepProgressText({ lanesDone, lanesTotal, cached, best }: SweepProgress, elapsedMs: number): string {
  const own = lanesDone - cached;
  const perMs = elapsedMs > 0 ? own / elapsedMs : 0;
  const parts = [
    `${countText(lanesDone)} of ${countText(lanesTotal)} lanes${cached > 0 ? ` (${countText(cached)} known)` : ""}`,
  ];
  if (perMs > 0) parts.push(`${countText(Math.round(perMs * 1_000))} lanes/s`);
  if (best !== undefined) parts.push(`best ${Number(best.toPrecision(4))}`);
  if (perMs > 0) parts.push(`${durationText(Math.ceil((lanesTotal - lanesDone) / perMs))} left`);
  return parts.join(", ");
}
