import type { Remote } from "../../cloud/remote.ts";
import type { RemoteResume } from "../../cloud/remote-runs.ts";
import { InputError } from "../../engine/input-error.ts";
import { findRun } from "../../run/find-run.ts";
import { isOwnerAlive } from "../../run/run-owner.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import { computeRun } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { countText } from "../quantity-text.ts";
import { tellCourse } from "../tell-run.ts";

export type ResumeFlags = CloudFlags & { readonly how: RemoteResume; readonly detach?: boolean };

/** A run that there is nothing to resume of. */
export class ResumeError extends InputError {
  override readonly name = "ResumeError";
}

/** `resume`: goes on from the last checkpoint. */
export function resumeRun(reference: string, flags: ResumeFlags, console: Console): Promise<ExitCode> {
  return atPlace(flags, {
    local: (home) => resumeHere(reference, home, console),
    cloud: (remote) => resumeThere(reference, flags, remote, console),
  });
}

async function resumeHere(reference: string, home: LocalHome, console: Console): Promise<ExitCode> {
  const run = await findRun(reference, home.stores.runs);
  if (run.status === "completed")
    throw new ResumeError(
      `Run "${run.runId}" is completed: there is nothing to resume. See it: backstitch show ${run.runId}`,
    );
  if (!isOwnerAlive(run, Date.now())) console.note(goingOnText(run));
  return tellCourse(await computeRun(run, home, console), "Resumed and completed.", console);
}

async function resumeThere(
  reference: string,
  { how, detach }: ResumeFlags,
  { runs }: Remote,
  console: Console,
): Promise<ExitCode> {
  const { documentOf, watchRun } = await import("../cloud/watch-run.ts");
  const resumed = await runs.resume(reference, how);
  console.note(goingOnText(resumed));
  if (resumed.note !== null) console.note(resumed.note);
  const { runId } = resumed;
  if (detach === true)
    return tellCourse(
      { end: { kind: "detached", by: "request" }, document: documentOf(await runs.get(runId)) },
      "",
      console,
    );
  return tellCourse(await watchRun(runId, runs, console), "Resumed and completed.", console);
}

type Standing = {
  readonly runId: string;
  readonly startBar: number;
  readonly endBar: number;
  readonly headBar: number;
  readonly headSequence: number;
};

function goingOnText({ runId, startBar, endBar, headBar, headSequence }: Standing): string {
  const done = `${countText(headBar - startBar)} of ${countText(endBar - startBar)} bars done`;
  const from = headSequence === 0 ? "its start (there is no checkpoint yet)" : `checkpoint ${headSequence}, ${done}`;
  return `Run ${runId}: going on from ${from}.`;
}
