import { ModelInputError, removeModelName } from "../../run/model-catalog.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";

/** `models rm`: takes names away. */
export async function removeModels(names: readonly string[], flags: CloudFlags, console: Console): Promise<ExitCode> {
  await atPlace(flags, {
    local: async ({ stores }) => {
      for (const name of names)
        if ((await removeModelName(name, stores.objects)) === 0)
          throw new ModelInputError(`Model "${name}": found no such name. See \`backstitch models ls\`.`);
    },
    cloud: async ({ models }) => {
      for (const name of names) await models.remove(name);
    },
  });
  console.answer({ removed: names }, `Removed ${names.join(", ")}. Runs keep the models that they refer to.`);
  return 0;
}
