import type { RunEvent, SegmentRecord } from "../run/run-store.ts";
import { clockText, countText, durationText } from "./figures.ts";
import type { ReportInput } from "./report-input.ts";

/** A stretch of bars on the strip: a segment, several short ones drawn together, one of the run that this one branched from, or what is not done yet. */
export type SeamBlock = {
  readonly kind: "done" | "inherited" | "open";
  readonly startBar: number;
  readonly endBar: number;
  readonly attempt: number;
  readonly label: string;
  readonly text: string;
};

export type SeamMarkKind = "stopped" | "failed" | "resumed" | "branched";

/** What happened between two segments. */
export type SeamMark = { readonly bar: number; readonly kind: SeamMarkKind; readonly lines: readonly string[] };

/** One line of a run's history, in the order of its times. */
export type HistoryLine = { readonly atMs: number; readonly text: string };

/** More segments than this are drawn several to a block. */
const mostBlocks = 300;

/** The bar from which on the bars are the run's own, when it was forked from another or extends it. */
export function branchBar({ run, events }: Pick<ReportInput, "run" | "events">): number | undefined {
  return run.origin === undefined ? undefined : (events[0]?.barIndex ?? run.headBar);
}

/** Where the run branched from another. */
export function branchMark(input: Pick<ReportInput, "run" | "events">): SeamMark | undefined {
  const bar = branchBar(input);
  const { origin } = input.run;
  if (bar === undefined || origin === undefined) return undefined;
  const what = origin.kind === "fork" ? "Forked from" : "Extends";
  return {
    bar,
    kind: "branched",
    lines: [
      `${what} run ${origin.runId} at bar ${countText(bar)}, checkpoint ${origin.checkpointId.slice(0, 12)}: the bars before were computed by that run, with its spec`,
    ],
  };
}

/** The segments as blocks in the order of their bars, and what is left to do as the last one. */
export function seamBlocks(input: Pick<ReportInput, "run" | "events" | "segments">): SeamBlock[] {
  const { run, segments } = input;
  const ownBar = branchBar(input) ?? run.startBar;
  const perBlock = Math.ceil(segments.length / mostBlocks);
  const blocks: SeamBlock[] = [];
  for (let at = 0; at < segments.length; at += perBlock)
    blocks.push(blockOf(segments.slice(at, at + perBlock), ownBar));
  const doneBar = segments[segments.length - 1]?.endBar ?? run.startBar;
  if (doneBar < run.endBar) {
    const text = `Bars ${countText(doneBar)} to ${countText(run.endBar - 1)} are not done yet.`;
    blocks.push({ kind: "open", startBar: doneBar, endBar: run.endBar, attempt: 0, label: "not done", text });
  }
  return blocks;
}

/** Interruptions, failures and resumes by the bar at which they happened. An attempt that ended without a word is one too: its successor tells. */
export function seamMarks(events: readonly RunEvent[]): SeamMark[] {
  const marks = new Map<number, { kind: SeamMarkKind; lines: string[] }>();
  events.forEach((event, i) => {
    const lines = eventLines(event, events.slice(0, i));
    if (lines.length === 0) return;
    const mark = marks.get(event.barIndex) ?? { kind: "resumed", lines: [] };
    mark.kind = worse(mark.kind, markKind(event, lines.length > 1));
    mark.lines.push(...lines);
    marks.set(event.barIndex, mark);
  });
  return [...marks].map(([bar, mark]) => ({ bar, ...mark })).sort((a, b) => a.bar - b.bar);
}

/** Segments and events as one list for those who read it rather than look at the strip. */
export function history({ segments, events }: Pick<ReportInput, "segments" | "events">): HistoryLine[] {
  const ofSegments = segments.map((segment) => ({
    atMs: segment.startedAtMs + segment.durationMs,
    text: segmentText(segment),
  }));
  const ofEvents = events.flatMap((event, i) => {
    const lines = eventLines(event, events.slice(0, i));
    const told = lines.length > 0 ? lines : [plainEvent(event)];
    return told.map((text) => ({ atMs: event.atMs, text }));
  });
  const started = ofEvents.slice(0, events[0]?.kind === "started" ? 1 : 0);
  // A segment that ends in the same millisecond as its attempt's event came before it.
  return [...started, ...[...ofSegments, ...ofEvents.slice(started.length)].sort((a, b) => a.atMs - b.atMs)];
}

function blockOf(segments: readonly SegmentRecord[], ownBar: number): SeamBlock {
  const first = segments[0] as SegmentRecord;
  const last = segments[segments.length - 1] as SegmentRecord;
  const kind = first.startBar < ownBar ? "inherited" : "done";
  const range = { kind, startBar: first.startBar, endBar: last.endBar, attempt: first.attempt } as const;
  if (segments.length === 1) return { ...range, label: String(first.sequence), text: segmentText(first) };
  const durationMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
  const text = `Segments ${first.sequence} to ${last.sequence}: bars ${barsText(first.startBar, last.endBar)} in ${durationText(durationMs)}, attempts ${first.attempt} to ${last.attempt}`;
  return { ...range, label: `${first.sequence}–${last.sequence}`, text };
}

function segmentText({ sequence, startBar, endBar, durationMs, attempt, host, pid }: SegmentRecord): string {
  return `Segment ${sequence}: bars ${barsText(startBar, endBar)} in ${durationText(durationMs)}, attempt ${attempt} on ${host}, process ${pid}`;
}

function barsText(startBar: number, endBar: number): string {
  return `${countText(startBar)} to ${countText(endBar - 1)}`;
}

/** What an event says about a seam; nothing for a start and an ordinary end. */
function eventLines(event: RunEvent, before: readonly RunEvent[]): string[] {
  const at = `at bar ${countText(event.barIndex)}, ${clockText(event.atMs)}`;
  switch (event.kind) {
    case "started":
    case "completed":
      return [];
    case "interrupted":
      return [`Attempt ${event.attempt} interrupted (Ctrl-C or SIGTERM) ${at}`];
    case "cancelled":
      return [`Attempt ${event.attempt} cancelled by request ${at}`];
    case "failed":
      return [`Attempt ${event.attempt} failed ${at}: ${event.message ?? "no reason recorded"}`];
    case "fenced":
      return [`Attempt ${event.attempt} fenced off ${at}: a newer attempt owns the run`];
    case "violation":
      return [`Determinism violation ${at}: ${event.message ?? "two states for the same bar"}`];
    case "resumed":
      return resumedLines(event, before, at);
  }
}

function resumedLines(event: RunEvent, before: readonly RunEvent[], at: string): string[] {
  const previous = before.findLast((earlier) => earlier.attempt < event.attempt);
  const resumed = `Resumed as attempt ${event.attempt} ${at}`;
  if (previous === undefined) return [resumed];
  if (previous.kind !== "started" && previous.kind !== "resumed")
    return [`${resumed}, ${durationText(event.atMs - previous.atMs)} later`];
  return [
    `Attempt ${previous.attempt} ended without a word (killed, or its machine was lost); this is its last checkpoint`,
    resumed,
  ];
}

function plainEvent(event: RunEvent): string {
  const verb = event.kind === "started" ? "Started" : "Completed";
  return `${verb} by attempt ${event.attempt} at bar ${countText(event.barIndex)}, ${clockText(event.atMs)}`;
}

function markKind(event: RunEvent, isLost: boolean): SeamMarkKind {
  if (event.kind === "failed" || event.kind === "violation") return "failed";
  return event.kind === "resumed" && !isLost ? "resumed" : "stopped";
}

const severity: readonly SeamMarkKind[] = ["branched", "resumed", "stopped", "failed"];

function worse(a: SeamMarkKind, b: SeamMarkKind): SeamMarkKind {
  return severity.indexOf(a) >= severity.indexOf(b) ? a : b;
}
