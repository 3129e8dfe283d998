import { countOf, countText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { ReportInput } from "./report-input.ts";
import { branchMark, history, type SeamBlock, type SeamMark, seamBlocks, seamMarks } from "./seams.ts";

/** Lines of the run's history that a report lists. */
const listedLines = 400;
/** Beyond this many, only the marks and the list are reached with the keyboard. */
const focusableBlocks = 40;

/** The strip of seams under the equity curve: where the run was cut, by whom, and what happened there; then the same as text. */
export function seamsStrip(input: ReportInput): Html {
  const { run, segments, events } = input;
  const blocks = seamBlocks(input);
  const branch = branchMark(input);
  const marks = [...(branch === undefined ? [] : [branch]), ...seamMarks(events)];
  const place = (bar: number) => ((bar - run.startBar) / (run.endBar - run.startBar)) * 100;
  const focus = blocks.length <= focusableBlocks ? html` tabindex="0"` : "";
  const attempts = new Set(segments.map((segment) => segment.attempt)).size;
  return html`<div class="strip" id="strip" role="group" aria-label="Segments of the run">
<div class="strip-plot">${blocks.map(
    (block) =>
      html`<div class="block ${blockClass(block)}" role="img"${focus} data-from="${block.startBar}" data-to="${block.endBar}" data-tip="${block.text}" aria-label="${block.text}" style="left:${place(block.startBar)}%;width:${place(block.endBar) - place(block.startBar)}%"><span>${block.label}</span></div>`,
  )}${marks.map(
    (mark) =>
      html`<button type="button" class="mark ${mark.kind}" data-from="${mark.bar}" data-tip="${mark.lines.join("\n")}" aria-label="${mark.lines.join(". ")}" style="left:${place(mark.bar)}%"></button>`,
  )}</div></div>
<p class="note seams-note">${seamsSummary(segments.length, attempts, marks)}</p>
${historyList(input)}`;
}

function blockClass({ kind, attempt }: SeamBlock): string {
  if (kind !== "done") return kind;
  return attempt % 2 === 1 ? "odd" : "even";
}

function seamsSummary(segments: number, attempts: number, marks: readonly SeamMark[]): Html {
  if (segments === 0) return html`No segment is done yet.`;
  const cut = `${countOf(segments, "segment")} in ${countOf(attempts, "attempt")}${attempts > 1 ? ", shaded in turn" : ""}`;
  if (marks.length === 0) return html`${cut}, never stopped.`;
  const kinds = (["stopped", "failed", "resumed", "branched"] as const).map((kind) => ({
    kind,
    count: marks.filter((mark) => mark.kind === kind).length,
  }));
  return html`${cut}. <span class="keys">${kinds
    .filter(({ count }) => count > 0)
    .map(
      ({ kind, count }) => html`<span class="key mark ${kind}"></span> ${kind} ${countOf(count, "time")}`,
    )}</span>. Cuts and stops do not change the result.`;
}

function historyList(input: ReportInput): Html {
  const lines = history(input);
  if (lines.length === 0) return html``;
  const shown = lines.slice(0, listedLines);
  const rest = lines.length - shown.length;
  return html`<details id="history"><summary>History of the run</summary><ol>${shown.map(({ text }) => html`<li>${text}</li>`)}</ol>${
    rest > 0 ? html`<p class="note">${countText(rest)} more lines are not listed.</p>` : ""
  }</details>`;
}
