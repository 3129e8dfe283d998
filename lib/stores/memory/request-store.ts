import type { RequestStore } from "../../run/request-store.ts";
import { decideRequest, decodeRequest, encodeRequest, withAnswer } from "../request-records.ts";

/** Requests in this process's memory, as text. No method awaits between its reading and its writing. */
export function openMemoryRequestStore(): RequestStore {
  const held = new Map<string, string>();
  return {
    async begin(request) {
      const text = held.get(request.key);
      const outcome = decideRequest(text === undefined ? undefined : decodeRequest(text), request);
      if (outcome.kind === "new") held.set(request.key, encodeRequest(request));
      return outcome;
    },
    async answer(key, answer) {
      const text = held.get(key);
      if (text !== undefined) held.set(key, withAnswer(text, answer));
    },
    async forget(key) {
      held.delete(key);
    },
  };
}
