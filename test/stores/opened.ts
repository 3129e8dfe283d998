import { onTestFinished } from "vitest";

/** Opens a fresh, empty store for one test. */
export type OpenStore<Store> = () => Promise<{ readonly store: Store; close(): Promise<void> }>;

/** The store, closed when the current test ends. */
export async function opened<Store>(open: OpenStore<Store>): Promise<Store> {
  const { store, close } = await open();
  onTestFinished(close);
  return store;
}
