import type { ObjectStore } from "../../lib/market/object-store.ts";
import type { SnapshotCatalog } from "../../lib/market/snapshot-catalog.ts";
import type { RequestStore } from "../../lib/run/request-store.ts";
import type { RunStore } from "../../lib/run/run-store.ts";

/** Where the process dies: before or after the `write`-th write (from 1), counted over every store that shares the point. */
export type CrashPlan = {
  readonly write: number;
  readonly when: "before" | "after";
  /** `throw` plays the death inside this process; `kill` is a real SIGKILL to it. */
  readonly how: "throw" | "kill";
};

/** One process's life as far as its stores can tell; share it between the stores of one simulated process. */
export type CrashPoint = { readonly plan: CrashPlan; writes: number; crashed: boolean };

/** The process was killed, in play: nothing it does afterwards reaches a store. */
export class SimulatedCrash extends Error {
  override readonly name = "SimulatedCrash";
}

/** The point of a process that has not written yet. */
export function crashPoint(plan: CrashPlan): CrashPoint {
  return { plan, writes: 0, crashed: false };
}

/**
 * The store of a process that dies at the point. From then on every call throws SimulatedCrash, reads too, until the stores are used
 * without this wrapper, as by the next process.
 */
export function crashing<Store extends ObjectStore | RunStore | SnapshotCatalog | RequestStore>(
  store: Store,
  point: CrashPoint,
): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      if (!writes.has(String(name))) {
        return (...args: unknown[]) => {
          if (!point.crashed) return method.apply(target, args);
          // `list` returns no promise.
          if (name === "list") throw crash(point);
          return Promise.reject(crash(point));
        };
      }
      return async (...args: unknown[]) => {
        if (point.crashed) throw crash(point);
        const { plan } = point;
        const isLast = ++point.writes === plan.write;
        if (isLast && plan.when === "before") throw crash(point);
        const result: unknown = await method.apply(target, args);
        // Another call may have crashed the process while this one was writing: the answer never arrives.
        if (point.crashed || (isLast && plan.when === "after")) throw crash(point);
        return result;
      };
    },
  });
}

/** Every method that changes a store. */
const writes: ReadonlySet<string> = new Set([
  ...(["put", "remove"] satisfies (keyof ObjectStore)[]),
  ...([
    "createRun",
    "beginAttempt",
    "heartbeat",
    "setStatus",
    "commit",
    "seedRun",
    "complete",
    "removeCheckpoint",
    "removeRun",
    "appendEvent",
  ] satisfies (keyof RunStore)[]),
  ...(["put", "removeName"] satisfies (keyof SnapshotCatalog)[]),
  ...(["begin", "answer", "forget"] satisfies (keyof RequestStore)[]),
]);

function crash(point: CrashPoint): SimulatedCrash {
  point.crashed = true;
  if (point.plan.how === "kill") process.kill(process.pid, "SIGKILL");
  return new SimulatedCrash(`The process died ${point.plan.when} write ${point.plan.write}.`);
}
