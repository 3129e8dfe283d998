import { runDocument } from "../../report/run-document.ts";
import { extendRun, extensionSpec } from "../../run/branch-run.ts";
import { findRun } from "../../run/find-run.ts";
import { setFields } from "../../run/set-fields.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import { computeRun, nextCommands, tellComputed } from "../compute-run.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf } from "../quantity-text.ts";
import { runText } from "../run-text.ts";
import { parseChanges } from "../set-fields.ts";

export type ExtendFlags = { readonly data?: string; readonly set?: readonly string[] };

/** `extend`: a new run that goes on from the last checkpoint of another over later bars. */
export function extend(reference: string, flags: ExtendFlags, console: Console): Promise<ExitCode> {
  const changes = parseChanges(flags.set);
  return atHome(async (home) => {
    const { stores } = home;
    const base = await findRun(reference, stores.runs);
    const snapshot = flags.data ?? storedSpec(base).data.snapshot;
    const spec = extensionSpec(base, snapshot, (value) => setFields(value, changes));
    const { kind, run } = await extendRun(base, spec, Date.now(), stores);
    if (kind === "exists") {
      const document = await runDocument(run, home);
      console.answer(
        { ...document, answeredFrom: "existing" },
        `Already computed: an equal run exists.\n\n${runText(document)}\n\n${nextCommands(run.runId)}`,
      );
      return 0;
    }
    console.note(
      `Run ${run.runId}: going on from bar ${run.headBar - run.startBar} over ${countOf(run.endBar - run.headBar, "new bar")}.`,
    );
    return tellComputed(await computeRun(run, home, console), `Completed: run ${base.runId} extended.`, console);
  });
}
