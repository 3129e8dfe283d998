import { expect, test } from "vitest";
import { decodeManifest, encodeManifest } from "../../lib/market/snapshot-manifest.ts";
import { importText } from "./import-text.ts";

const text = "date,open,high,low,close\n2020-01-06,10,12,9,11\n";

test("a manifest comes back from its text unchanged", async () => {
  const { manifest } = await importText(text, { tick: 0.01 });
  expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
});

test("refuses a newer format, saying what to do", async () => {
  const { manifest } = await importText(text);
  expect(() => decodeManifest(JSON.stringify({ ...manifest, format: 2 }))).toThrow(
    "expected format 1 or older, found 2. Use a newer backstitch",
  );
});

test("refuses text that is no manifest, naming the field", async () => {
  const { manifest } = await importText(text);
  expect(() => decodeManifest(JSON.stringify({ ...manifest, chunkBars: "x" }))).toThrow("chunkBars");
  expect(() => decodeManifest("{")).toThrow("expected JSON");
});
