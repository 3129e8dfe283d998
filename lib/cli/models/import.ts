import type { Remote } from "../../cloud/remote.ts";
import type { BundleFiles } from "../../models/bundle.ts";
import { readBundleFolder } from "../../models/bundle-folder.ts";
import { availableBytes } from "../../models/bundle-memory.ts";
import { checkBundle, requireGolden } from "../../models/check-bundle.ts";
import { addModel } from "../../run/model-catalog.ts";
import { modelDocument } from "../../run/model-document.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { shortId } from "../quantity-text.ts";
import { tellUpload } from "../tell-upload.ts";
import { modelText } from "./model-text.ts";

export type ImportModelFlags = CloudFlags & { readonly name?: string };

/** `models import`: checks a bundle in every way that `verify` does, then stores it under its name. With --cloud it is checked here before it is sent, and there again. */
export async function importModel(folder: string, flags: ImportModelFlags, console: Console): Promise<ExitCode> {
  const { name } = flags;
  const files = await readBundleFolder(folder, availableBytes(process.env));
  const checked = checkBundle(files, folder);
  requireGolden(checked, folder);
  if (checked.extras.length > 0)
    console.warn(
      `Its strategy has features that the model does not read, which are left out: ${checked.extras.join(", ")}.`,
    );
  const document = await atPlace(flags, {
    local: async ({ stores }) => {
      const entry = await addModel(files, name, Date.now(), stores.objects);
      return modelDocument(entry.name, stores);
    },
    cloud: (remote) => importThere({ folder, files, name }, remote, console),
  });
  console.answer(
    document,
    `Imported ${document.name} (${shortId(document.modelId)}).\n${modelText(document)}\nIn a spec:  strategy: { name: model, params: { model: ${document.name} } }`,
  );
  return 0;
}

type Given = { readonly folder: string; readonly files: BundleFiles; readonly name: string | undefined };

async function importThere({ folder, files, name }: Given, { models }: Remote, console: Console) {
  const { name: given, checked } = await models.import(folder, files, name, tellUpload(console));
  if (checked === "files")
    console.note("There is no model runtime there: its golden vectors were computed on this machine only.");
  return models.get(given ?? "");
}
