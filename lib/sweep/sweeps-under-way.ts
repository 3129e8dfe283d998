import type { SweepRecord, SweepStatus, SweepStore } from "./sweep-store.ts";

const statuses: readonly SweepStatus[] = ["running", "cancelling"];
const pageLimit = 100;

/** All sweeps under way, at most 10,000 of each status. */
export async function sweepsUnderWay(sweeps: Pick<SweepStore, "listSweeps">): Promise<readonly SweepRecord[]> {
  const found: SweepRecord[] = [];
  for (const status of statuses) {
    let cursor: string | undefined;
    for (let page = 0; page < pageLimit; page++) {
      const { items, next } = await sweeps.listSweeps({ status }, 100, cursor);
      found.push(...items);
      if (next === undefined) break;
      cursor = next;
    }
  }
  return found;
}
