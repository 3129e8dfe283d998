import { describe } from "vitest";
import type { Stores } from "../../lib/stores/stores.ts";
import { whyNoServers } from "../cloud/servers.ts";
import { withAwsServers } from "./aws-servers.ts";
import { describeObjectStoreContract } from "./object-store.contract.ts";
import { describeRequestStoreContract } from "./request-store.contract.ts";
import { describeRunStoreContract } from "./run-store.contract.ts";
import { describeSnapshotCatalogContract } from "./snapshot-catalog.contract.ts";
import { describeSweepStoreContract } from "./sweep-store.contract.ts";

const reason = whyNoServers();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== undefined)("on servers that speak the AWS protocols", () => {
  const servers = withAwsServers();
  describeObjectStoreContract("aws", () => openOne((stores) => stores.objects));
  describeRunStoreContract("aws", () => openOne((stores) => stores.runs));
  describeSnapshotCatalogContract("aws", () => openOne((stores) => stores.snapshots));
  describeRequestStoreContract("aws", () => openOne((stores) => stores.requests));
  describeSweepStoreContract("aws", () => openOne((stores) => stores.sweeps));

  async function openOne<Store>(pick: (stores: Stores) => Store) {
    const stores = await servers.stores();
    return { store: pick(stores), close: stores.close };
  }
});
