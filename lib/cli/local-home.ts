import { homeFolder } from "../local/home.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import type { Stores } from "../stores/stores.ts";

/** The folder in which all local state lies, opened. */
export type LocalHome = { readonly folder: string; readonly stores: Stores };

/** Opens the stores of BACKSTITCH_HOME for the length of one command. */
export async function atHome<const Answer>(work: (home: LocalHome) => Promise<Answer>): Promise<Answer> {
  const folder = homeFolder();
  const stores = await openLocalStores(folder);
  try {
    return await work({ folder, stores });
  } finally {
    await stores.close();
  }
}
