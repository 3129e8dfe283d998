import { modelDocument } from "../../run/model-document.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { modelText } from "./model-text.ts";

/** `models show`: one model, by name or id. */
export async function showModel(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  const document = await atPlace(flags, {
    local: ({ stores }) => modelDocument(reference, stores),
    cloud: ({ models }) => models.get(reference),
  });
  console.answer(document, modelText(document));
  return 0;
}
