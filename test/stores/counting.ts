import type { ObjectStore } from "../../lib/market/object-store.ts";
import type { SnapshotCatalog } from "../../lib/market/snapshot-catalog.ts";
import type { RequestStore } from "../../lib/run/request-store.ts";
import type { RunStore } from "../../lib/run/run-store.ts";

/** The store, and how often each of its methods was called so far (absent: never). */
export function counting<Store extends ObjectStore | RunStore | SnapshotCatalog | RequestStore>(
  store: Store,
): { readonly store: Store; readonly calls: ReadonlyMap<string, number> } {
  const calls = new Map<string, number>();
  const counted = new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => {
        calls.set(String(name), (calls.get(String(name)) ?? 0) + 1);
        return method.apply(target, args);
      };
    },
  });
  return { store: counted, calls };
}
