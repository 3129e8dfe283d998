import type { SweepDocument } from "../../report/sweep-document.ts";
import type { Console, ExitCode } from "../console.ts";
import { countText } from "../quantity-text.ts";
import { sweepText } from "./sweep-text.ts";

/** Tells the answer of a sweep. Failed is one of which every lane did. */
export function tellAnswer(document: SweepDocument, console: Console): ExitCode {
  const { status, counts } = document;
  console.answer(document, sweepText(document));
  // The answer is whole without them: an exit code of its own would stop scripts that can go on.
  if (status === "partial")
    console.warn(
      `${countText(counts.failed)} of ${countText(counts.total)} lanes failed; the answer is that of the others.`,
    );
  return status === "failed" ? 1 : 0;
}

/** Tells of a sweep that somebody stopped; `what` says how. */
export function tellStopped(document: SweepDocument, what: "Cancelled" | "Stopped", console: Console): ExitCode {
  const { sweepId, status } = document;
  console.warn(`${what}. Go on with: ${console.hint(`backstitch sweep resume ${sweepId}`)}`);
  console.answer(document, `Sweep ${sweepId} is ${status}; what is done is kept.`);
  return 130;
}

/** Tells of a sweep that goes on elsewhere, to whoever watched it. */
export function tellDetached(document: SweepDocument, { hint, answer }: Console): ExitCode {
  const { sweepId, status } = document;
  const text = [
    `Sweep ${sweepId} goes on (${status}).`,
    `Watch it again: ${hint(`backstitch sweep watch ${sweepId}`)}`,
    `See it:         ${hint(`backstitch sweep show ${sweepId}`)}`,
    `Cancel it:      ${hint(`backstitch sweep cancel ${sweepId}`)}`,
  ].join("\n");
  answer(document, text);
  return 130;
}
