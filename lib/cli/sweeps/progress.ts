import type { SweepProgress } from "../../local/sweep-work.ts";
import { leftText } from "../progress.ts";
import { countText, percentText } from "../quantity-text.ts";

/** Shows how far a sweep is, on stderr: a line that redraws itself on a terminal, now and then a line of its own elsewhere. */
export type SweepProgressLine = { show(progress: SweepProgress): void; end(): void };

const redrawEveryMs = { terminal: 100, other: 5_000 };

export function openSweepProgress(isQuiet: boolean): SweepProgressLine {
  const isTerminal = process.stderr.isTTY === true;
  let shownAtMs = isTerminal ? 0 : Date.now();
  let isDrawn = false;
  return {
    show(progress) {
      const nowMs = Date.now();
      const isLast = isTerminal && progress.lanesDone === progress.lanesTotal;
      if (isQuiet || (!isLast && nowMs - shownAtMs < redrawEveryMs[isTerminal ? "terminal" : "other"])) return;
      shownAtMs = nowMs;
      const text = sweepProgressText(progress);
      process.stderr.write(isTerminal ? `\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${text}\n`);
      isDrawn = isTerminal;
    },
    end() {
      if (isDrawn) process.stderr.write("\r\x1b[K");
      isDrawn = false;
    },
  };
}

/** "1,200 of 12,000 lanes (200 known), 12.5 %, 340 lanes/s, best 1.23, 32 s left"; the pace is that of this process. */
export function sweepProgressText({ lanesDone, lanesTotal, cached, best, pace }: SweepProgress): string {
  const parts = [
    `${countText(lanesDone)} of ${countText(lanesTotal)} lanes${cached > 0 ? ` (${countText(cached)} known)` : ""}`,
  ];
  if (pace !== undefined) {
    const { lanesPerSecond, share } = pace;
    const speed = lanesPerSecond < 10 ? String(Number(lanesPerSecond.toPrecision(2))) : countText(lanesPerSecond);
    parts.push(percentText(share), `${speed} lanes/s`);
  }
  if (best !== undefined) parts.push(`best ${Number(best.toPrecision(4))}`);
  if (lanesDone === lanesTotal) parts.push("now the winners");
  else if (pace !== undefined) parts.push(`${leftText(pace.secondsLeft * 1_000)} left`);
  return parts.join(", ");
}
