import type { SweepRecord, SweepStore } from "../../sweep/sweep-store.ts";
import { decodeSweep, matchesSweepFilter, sweepPage, sweepsAfter } from "../sweep-records.ts";

/** Sweeps in this process's memory, as text. No method awaits between its reading and its writing. */
export function openMemorySweepStore(): SweepStore {
  const held = new Map<string, string>();
  const lanes = new Map<string, Set<string>>();
  return {
    async createSweep(sweep) {
      if (held.has(sweep.sweepId)) return false;
      held.set(sweep.sweepId, JSON.stringify(sweep));
      return true;
    },
    async getSweep(sweepId) {
      return read(sweepId);
    },
    async replaceSweep(next) {
      if (read(next.sweepId)?.revision !== next.revision - 1) return false;
      held.set(next.sweepId, JSON.stringify(next));
      return true;
    },
    async listSweeps(filter, limit, cursor) {
      const after = sweepsAfter(cursor);
      const matching = [...held.values()]
        .map(decodeSweep)
        .filter((sweep) => matchesSweepFilter(sweep, filter) && (after === undefined || isNewer(after, sweep)))
        .sort((a, b) => (isNewer(a, b) ? -1 : 1));
      return sweepPage(matching, limit);
    },
    async removeSweep(sweepId) {
      return held.delete(sweepId);
    },
    async addLanes(family, resultHash) {
      lanes.set(family, (lanes.get(family) ?? new Set()).add(resultHash));
    },
    async lanesOf(family) {
      return [...(lanes.get(family) ?? [])];
    },
    async close() {},
  };

  function read(sweepId: string): SweepRecord | undefined {
    const text = held.get(sweepId);
    return text === undefined ? undefined : decodeSweep(text);
  }
}

type SweepPosition = Pick<SweepRecord, "createdAtMs" | "sweepId">;

function isNewer(a: SweepPosition, b: SweepPosition): boolean {
  return a.createdAtMs > b.createdAtMs || (a.createdAtMs === b.createdAtMs && a.sweepId > b.sweepId);
}
