import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { describeObjectStoreContract } from "./object-store.contract.ts";
import { describeRequestStoreContract } from "./request-store.contract.ts";
import { describeRunStoreContract } from "./run-store.contract.ts";
import { describeSnapshotCatalogContract } from "./snapshot-catalog.contract.ts";
import { describeSweepStoreContract } from "./sweep-store.contract.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describeObjectStoreContract("local", () => openOne((stores) => stores.objects));
describeRunStoreContract("local", () => openOne((stores) => stores.runs));
describeSnapshotCatalogContract("local", () => openOne((stores) => stores.snapshots));
describeRequestStoreContract("local", () => openOne((stores) => stores.requests));
describeSweepStoreContract("local", () => openOne((stores) => stores.sweeps));

async function openOne<Store>(pick: (stores: Stores) => Store) {
  const folder = await temporaryFolder();
  const stores = await openLocalStores(folder.path);
  return {
    store: pick(stores),
    async close() {
      await stores.close();
      await folder.remove();
    },
  };
}
