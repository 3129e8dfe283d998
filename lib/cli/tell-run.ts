import type { RunDocument } from "../report/run-document.ts";
import type { StopRequest } from "../run/segment.ts";
import type { Console, ExitCode } from "./console.ts";
import { clockText, countText } from "./quantity-text.ts";
import { runText } from "./run-text.ts";

/** A run as far as it came while this command computed or watched it. A failure is thrown instead. */
export type RunCourse = {
  readonly end:
    | { readonly kind: "completed" }
    | { readonly kind: "stopped"; readonly by: StopRequest; readonly bar: number }
    /** The person does not watch it any longer; it goes on. */
    | { readonly kind: "detached"; readonly by: "signal" | "request" };
  readonly document: RunDocument;
};

/** Tells how a run went, and what to do next; returns the exit code. `headline` is said of a completed one. */
export function tellCourse({ end, document }: RunCourse, headline: string, console: Console): ExitCode {
  const { runId, status, head, data } = document;
  switch (end.kind) {
    case "completed":
      console.answer(document, `${headline}\n\n${runText(document)}\n\n${nextCommands(runId, console)}`);
      return 0;
    case "stopped": {
      const how = end.by === "interrupt" ? "Interrupted" : "Cancelled";
      const done = `${countText(end.bar - data.startBar)} of ${countText(data.endBar - data.startBar)} bars done`;
      console.warn(
        `${how}: ${done}, checkpoint ${head.sequence} saved.\nResume with: ${console.hint(`backstitch resume ${runId}`)}`,
      );
      if (console.isJson) console.answer(document, "");
      return 130;
    }
    case "detached":
      console.answer(document, `Run ${runId} goes on (${status}).\n${watchCommands(runId, console)}`);
      return end.by === "signal" ? 130 : 0;
  }
}

/** An equal run answers instead of a new one. */
export function tellExisting(document: RunDocument, why: string, console: Console): ExitCode {
  console.answer(
    { ...document, answeredFrom: "existing" },
    `${why}\n\n${runText(document)}\n\n${nextCommands(document.runId, console)}`,
  );
  return 0;
}

export function existingText({ timing }: RunDocument): string {
  return `Already computed on ${clockText(timing.createdAtMs)}: an equal run exists. Compute it again with --fresh.`;
}

/** What a person may want to do with a completed run. */
export function nextCommands(runId: string, { hint }: Console): string {
  const commands = [`report ${runId} --open`, `export ${runId} --format csv`, `checkpoints ls ${runId}`];
  return `Next: ${commands.map((command) => hint(`backstitch ${command}`)).join("\n      ")}`;
}

/** What a person may want to do with a run that goes on without this command. */
function watchCommands(runId: string, { hint }: Console): string {
  return [
    `Watch it again: ${hint(`backstitch watch ${runId}`)}`,
    `See it:         ${hint(`backstitch show ${runId}`)}`,
    `Cancel it:      ${hint(`backstitch cancel ${runId}`)}`,
  ].join("\n");
}
