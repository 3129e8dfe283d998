import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { generatedBars } from "./generated-bars.ts";
import { putSnapshot } from "./put-snapshot.ts";

export type LocalHome = { readonly home: string; readonly stores: Stores; remove(): Promise<void> };

/** A home of its own with so many bars of a minute as the snapshot "bars", gone when the current test ends, or earlier. */
export async function localHome(barCount: number): Promise<LocalHome> {
  const folder = await temporaryFolder();
  const home = join(folder.path, "home");
  const stores = await openLocalStores(home);
  const remove = async (): Promise<void> => {
    await stores.close();
    await folder.remove();
  };
  onTestFinished(remove);
  await putSnapshot(minuteBars(barCount), { name: "bars", timeframe: "1m", chunkBars: 65_536 }, stores);
  return { home, stores, remove };
}

let generated = generatedBars(0, 11, 60_000);

function minuteBars(count: number): typeof generated {
  if (generated.close.length !== count) generated = generatedBars(count, 11, 60_000);
  return generated;
}
