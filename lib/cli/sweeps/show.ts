import { findSweep } from "../../sweep/find-sweep.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { documentOf } from "./run.ts";
import { sweepText } from "./sweep-text.ts";

/** `sweep show`: a sweep with its answer, as far as there is one. */
export async function showSweep(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const document = await atPlace(flags, {
    local: async (home) => documentOf(await findSweep(reference, home.stores.sweeps), home),
    cloud: ({ sweeps }) => sweeps.get(reference),
  });
  console.answer(document, sweepText(document));
  return 0;
}
