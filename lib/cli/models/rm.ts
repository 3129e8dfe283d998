import { ModelInputError, removeModelName } from "../../run/model-catalog.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";

/** `models rm`: takes names away. */
export async function removeModels(names: readonly string[], flags: CloudFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "models rm", "Leave --cloud out.");
  await atHome(async ({ stores }) => {
    for (const name of names)
      if ((await removeModelName(name, stores.objects)) === 0)
        throw new ModelInputError(`Model "${name}": found no such name. See \`backstitch models ls\`.`);
  });
  console.answer({ removed: names }, `Removed ${names.join(", ")}. Runs keep the models that they refer to.`);
  return 0;
}
