import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { BundleFiles } from "../../lib/models/bundle.ts";
import { openWorkplace, type Workplace } from "../cli/backstitch.ts";
import { bundleFiles } from "../models/bundle-files.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { ann, type FrontedCloud, openFrontedCloud } from "./fronted-cloud.ts";
import { region } from "./local-cloud.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

const spec = (model: string): string =>
  JSON.stringify({ data: { snapshot: "bars" }, strategy: { name: "model", params: { model } } });
const shown = z.looseObject({ name: z.string(), modelId: z.string(), importedAtMs: z.number() });
const begun = z.object({ uploadId: z.string(), uploads: z.array(z.object({ url: z.string() })) });
const state = z.looseObject({ status: z.string(), error: z.object({ message: z.string() }).nullable() });

describe.skipIf(why !== undefined)("models of a deployment without the model runtime", () => {
  let cloud: FrontedCloud;
  let place: Workplace;
  const there = (...args: readonly string[]) =>
    place.start([...args, "--cloud"], {
      BACKSTITCH_API_URL: cloud.front.url,
      BACKSTITCH_API_TOKEN: "",
      AWS_ACCESS_KEY_ID: ann.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ann.secretAccessKey,
      AWS_REGION: region,
    }).ended;

  beforeAll(async () => {
    place = openWorkplace();
    cloud = await openFrontedCloud({});
    write("net", randomBundle("dense", 1));
    expect(await there("models", "import", "net", "--name", "first")).toMatchObject({ code: 0 });
    place.write("bars.csv", "Date,Open,High,Low,Close\n2005-01-03T00:00:00Z,1,1,1,1\n2005-01-03T00:01:00Z,1,1,1,1\n");
    const bars = await there("data", "import", "bars.csv", "--symbol", "X", "--timeframe", "1m", "--name", "bars");
    expect(bars).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    place?.remove();
    await cloud?.stop();
  });

  test("an imported model is the one that this machine has, and says the same", async () => {
    const name = ["--name", "same", "--json"];
    const here = shown.parse(JSON.parse((await place.run("models", "import", "net", ...name)).stdout));
    const imported = await there("models", "import", "net", ...name);
    expect(imported.stderr).toContain("its golden vectors were computed on this machine only");
    const { importedAtMs, ...same } = shown.parse(JSON.parse(imported.stdout));
    expect({ ...same, importedAtMs: here.importedAtMs }).toEqual(here);
    expect(importedAtMs).toBeGreaterThan(here.importedAtMs - 1);
    expect((await there("models", "show", "same")).stdout.replace(/Imported.*/, "")).toBe(
      (await place.run("models", "show", "same")).stdout.replace(/Imported.*/, ""),
    );
    expect((await there("models", "ls")).stdout).toMatch(/^same +[0-9a-f]{12}/m);
  });

  test("a bundle is checked there too, whoever sends it", async () => {
    const api = cloud.api();
    const files = [...bundleFiles({ metadata: { opset: 13 } })];
    const announced = files.map(([fileName, bytes]) => ({ fileName, sizeBytes: bytes.length }));
    const { uploadId, uploads } = begun.parse(await api.post("/models", { files: announced }));
    for (const [index, { url }] of uploads.entries()) {
      const body = new Blob([new Uint8Array(files[index]?.[1] ?? [])]);
      expect((await fetch(url, { method: "PUT", body })).status).toBe(200);
    }
    await api.post(`/models/${uploadId}/import`, { name: "bad" });
    const ended = await stateOf(uploadId);
    expect(ended.status).toBe("failed");
    expect(ended.error?.message).toMatch(/its opset is 17, metadata\.json says 13/);
    expect(await there("models", "show", "bad")).toMatchObject({ code: 2 });
  });

  test("golden vectors are not computed there, which is said", async () => {
    const { code, stderr } = await there("models", "verify", "first");
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^RuntimeMissingError: The model runtime is not here.*backstitch models verify/);
  });

  test("a name is taken away", async () => {
    expect(await there("models", "import", "net", "--name", "going")).toMatchObject({ code: 0 });
    expect(await there("models", "rm", "going")).toMatchObject({ code: 0 });
    expect((await there("models", "rm", "going")).stderr).toMatch(/no model of the name "going"/);
  });

  test("a spec that names no model there is refused with its field", async () => {
    const { code, stderr } = await there("run", place.write("unknown.json", spec("frist")));
    expect(code).toBe(2);
    expect(stderr).toMatch(/strategy\.params\.model: Model "frist": found none .*did you mean "first"/);
  });

  test("a run that is only started warns of what its model was trained on", async () => {
    const { code, stderr } = await there("run", place.write("known.json", spec("first")), "--detach");
    expect(code).toBe(0);
    expect(stderr).toContain('IN-SAMPLE: model "net" was trained on 2000-01-03 to 2010-12-31');
  });

  function write(folder: string, files: BundleFiles): void {
    mkdirSync(place.path(folder));
    for (const [name, bytes] of files) writeFileSync(join(place.path(folder), name), bytes);
  }

  async function stateOf(uploadId: string) {
    for (let tries = 0; tries < 600; tries++) {
      const now = state.parse(await cloud.api().get(`/models/imports/${uploadId}`));
      if (now.status !== "running") return now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`Import ${uploadId} did not end.`);
  }
});
