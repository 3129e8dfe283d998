import type { ObjectStore } from "../market/object-store.ts";

/** Stores a document of a sweep; returns its hash. */
export function putDocument(document: object, objects: ObjectStore): Promise<string> {
  return objects.put("sweeps", Buffer.from(JSON.stringify(document)));
}

/** Reads a document back. Objects are checked against their hash, so that it is what was put. */
export async function getDocument<Document>(hash: string, objects: ObjectStore): Promise<Document> {
  return JSON.parse(new TextDecoder().decode(await objects.get("sweeps", hash))) as Document;
}
