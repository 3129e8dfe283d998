import { findSweep } from "../../sweep/find-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { documentOf } from "./run.ts";
import { sweepText } from "./sweep-text.ts";

/** `sweep show`: a sweep with its answer, as far as there is one. */
export async function showSweep(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "sweep show", "Leave --cloud out.");
  return atHome(async (home) => {
    const document = await documentOf(await findSweep(reference, home.stores.sweeps), home);
    console.answer(document, sweepText(document));
    return 0;
  });
}
