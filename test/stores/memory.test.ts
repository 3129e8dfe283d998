import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { describeObjectStoreContract } from "./object-store.contract.ts";
import { describeRequestStoreContract } from "./request-store.contract.ts";
import { describeRunStoreContract } from "./run-store.contract.ts";
import { describeSnapshotCatalogContract } from "./snapshot-catalog.contract.ts";
import { describeSweepStoreContract } from "./sweep-store.contract.ts";

describeObjectStoreContract("memory", async () => {
  const { objects, close } = await openMemoryStores();
  return { store: objects, close };
});

describeRunStoreContract("memory", async () => {
  const { runs, close } = await openMemoryStores();
  return { store: runs, close };
});

describeSnapshotCatalogContract("memory", async () => {
  const { snapshots, close } = await openMemoryStores();
  return { store: snapshots, close };
});

describeRequestStoreContract("memory", async () => {
  const { requests, close } = await openMemoryStores();
  return { store: requests, close };
});

describeSweepStoreContract("memory", async () => {
  const { sweeps, close } = await openMemoryStores();
  return { store: sweeps, close };
});
