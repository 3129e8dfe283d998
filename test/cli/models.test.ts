import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { BundleFiles } from "../../lib/models/bundle.ts";
import { denseNetworkModel } from "../../lib/models/dense-network.ts";
import { bundleFiles } from "../models/bundle-files.ts";
import { errorDocument, json, openWorkplace, runDocument, sp500File } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);

const strategy = {
  name: "momentum",
  training_data: { timeframes: { list: ["1d"], base_timeframe: "1d" } },
  indicators: { rsi_14: { type: "rsi", period: 14 } },
  fuzzy_sets: { m: { indicator: "rsi_14", low: [0, 30, 55], high: [45, 70, 100] } },
  nn_inputs: [{ fuzzy_set: "m", timeframes: "all" }],
  decisions: { confidence_threshold: 0.34, filters: { min_signal_separation_bars: 3 } },
};
const features = ["1d_m_low", "1d_m_high"];
const metadata = {
  name: "small",
  strategy,
  features,
  training: { symbols: ["SP500"], timeframes: ["1d"], from: "2000-01-03", to: "2010-12-31" },
};
// A low strength is bought, a high one sold.
const network = denseNetworkModel(
  [{ inputs: 2, outputs: 3, weights: [4, -4, 0, 0, -4, 4], biases: [0, 0, 0], activation: "none" }],
  "test",
);
const good = { features, metadata, model: network };

beforeAll(async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  write("small", bundleFiles(good));
  await place.run("models", "import", "small");
});

/** Writes a bundle's folder. */
function write(folder: string, files: BundleFiles): void {
  rmSync(place.path(folder), { recursive: true, force: true });
  mkdirSync(place.path(folder));
  for (const [name, bytes] of files) writeFileSync(join(place.path(folder), name), bytes);
}

const spec = (params: object, data: object = {}): string =>
  JSON.stringify({
    data: { snapshot: "sp500", from: "2011-01-03", ...data },
    strategy: { name: "model", params },
    checkpoint: { everyBars: 500 },
  });

const modelsDocument = z.object({ models: z.array(z.object({ name: z.string(), modelId: z.string() })) });

test("an imported model is listed, shown, verified and run", async () => {
  const { models } = json(await place.run("models", "ls", "--json"), modelsDocument);
  expect(models.map(({ name }) => name)).toContain("small");
  const shown = await place.run("models", "show", "small");
  expect(shown.stdout).toMatch(/Trained on +SP500, 1d, 2000-01-03 to 2010-12-31/);
  expect(await place.run("models", "verify")).toMatchObject({ code: 0 });
  const { status, lanes } = json(
    await place.run("run", place.write("s.json", spec({ model: "small" })), "--json"),
    runDocument,
  );
  expect(status).toBe("completed");
  expect(lanes[0].metrics?.closedTrades).toBeGreaterThan(5);
});

test("the same files imported again have the same id, under any name", async () => {
  const { models } = json(await place.run("models", "ls", "--json"), modelsDocument);
  const again = json(
    await place.run("models", "import", "small", "--name", "again", "--json"),
    z.object({ modelId: z.string() }),
  );
  expect(again.modelId).toBe(models.find(({ name }) => name === "small")?.modelId);
});

test("a run in the range that its model was trained on is warned of, loudly, in plan, run, show and report", async () => {
  const warning =
    'IN-SAMPLE: model "small" was trained on 2000-01-03 to 2010-12-31, and this run asks it about 2005-01-03 to 2010-12-31';
  const ran = await place.run(
    "run",
    place.write("in.json", spec({ model: "small" }, { from: "2005-01-03" })),
    "--quiet",
  );
  expect(ran.stderr).toContain(warning);
  expect((await place.run("show", "latest")).stdout).toContain(warning);
  const document = z.object({
    models: z.array(z.object({ inSample: z.object({ fromMs: z.number() }).nullable() })),
    warnings: z.array(z.string()),
  });
  for (const command of [
    ["show", "latest"],
    ["run", place.path("in.json")],
    ["plan", place.path("in.json")],
  ]) {
    const { models, warnings } = json(await place.run(...command, "--json"), document);
    expect(models[0].inSample?.fromMs).toBe(Date.UTC(2005, 0, 3));
    expect(warnings[0]).toContain(warning);
  }
  expect((await place.run("plan", place.path("in.json"))).stdout).toContain(warning);
  await place.run("report", "latest", "-o", place.path("in.html"));
  expect(readFileSync(place.path("in.html"), "utf8")).toMatch(/class="notice failed" role="note"><p>IN-SAMPLE/);
});

test("a sweep over that range is warned of in plan, sweep and show, and their documents", async () => {
  const base: unknown = JSON.parse(spec({ model: "small" }, { from: "2005-01-03", to: "2012-12-31" }));
  const file = place.write("in-sweep.json", JSON.stringify({ base, space: { threshold: [0.4] }, objective: "sharpe" }));
  const warning =
    'IN-SAMPLE: model "small" was trained on 2000-01-03 to 2010-12-31, and this sweep asks it about 2005-01-03 to 2010-12-31';
  for (const command of [["plan", file], [file]])
    expect((await place.run("sweep", ...command)).stdout).toContain(warning);
  // A model's id is shown by its beginning.
  expect((await place.run("sweep", "show", "latest")).stdout).toMatch(/Best parameters: model [0-9a-f]{12},/);
  for (const command of [
    ["plan", file],
    ["show", "latest"],
  ]) {
    const { warnings } = json(
      await place.run("sweep", ...command, "--json"),
      z.object({ warnings: z.array(z.string()) }),
    );
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  }
});

test("a run out of sample is not warned of", async () => {
  const ran = await place.run("run", place.write("out.json", spec({ model: "small" }, { from: "2011-01-04" })));
  expect(ran.stderr).not.toContain("IN-SAMPLE");
});

test("a model that is removed stays for the runs that refer to it, and goes with them", async () => {
  write("gone", bundleFiles({ ...good, metadata: { ...metadata, name: "gone", version: "7" } }));
  await place.run("models", "import", "gone");
  await place.run("run", place.write("gone.json", spec({ model: "gone" }, { from: "2015-01-02" })));
  await place.run("models", "rm", "gone");
  expect((await place.run("models", "show", "gone")).code).toBe(2);
  await place.run("checkpoints", "gc");
  expect(await place.run("run", place.path("gone.json"))).toMatchObject({ code: 2 });
  expect((await place.run("show", "latest")).stdout).toMatch(/Model +gone 7|Model +small 7/);
});

test("features of the strategy that the model does not read are left out with a warning", async () => {
  const more = { ...strategy, fuzzy_sets: { m: { ...strategy.fuzzy_sets.m, mid: [30, 50, 70] } } };
  write("extra", bundleFiles({ ...good, metadata: { ...metadata, name: "extra", strategy: more } }));
  const { code, stderr } = await place.run("models", "import", "extra", "--quiet");
  expect(code).toBe(0);
  expect(stderr).toMatch(/features that the model does not read, which are left out: 1d_m_mid\./);
});

test("golden vectors that come out differently here are refused, with the numbers", async () => {
  write("off", bundleFiles({ ...good, golden: { vectors: [{ input: [0.4, 0.8], output: [9, 9, 9] }] } }));
  const { code, stderr } = await place.run("models", "import", "off");
  expect(code).toBe(2);
  expect(stderr).toMatch(/computes 3 of its numbers differently:\n.*vector 0, output 0: expected 9, found/);
});

const [weights, ...others] = network.graph.initializers;
const [input] = network.graph.inputs;
const withGraph = (change: object) => ({ ...network, graph: { ...network.graph, ...change } });
const nan = { ...weights, raw: Uint8Array.of(0, 0, 0xc0, 0x7f, ...weights.raw.slice(4)) };
const without = (name: string) => new Map([...bundleFiles(good)].filter(([file]) => file !== name));
const truncated = new Map(bundleFiles(good)).set(
  "model.onnx",
  (bundleFiles(good).get("model.onnx") ?? new Uint8Array()).subarray(0, 150),
);

const bad: readonly (readonly [what: string, files: BundleFiles, message: RegExp])[] = [
  ["a truncated model", truncated, /model\.onnx: .*damaged or truncated/],
  ["a wrong opset", bundleFiles({ ...good, model: { ...network, opset: 99 } }), /opset from 7 to 26, found 99/],
  [
    "dynamic shapes that do not fit",
    bundleFiles({ ...good, model: withGraph({ inputs: [{ ...input, shape: ["batch", "n"] }] }) }),
    /only the first may be free/,
  ],
  ["weights of NaN", bundleFiles({ ...good, model: withGraph({ initializers: [nan, ...others] }) }), /not finite/],
  ["no metadata", without("metadata.json"), /metadata\.json: expected this file/],
  [
    "metadata that disagree with the model",
    bundleFiles({ ...good, metadata: { ...metadata, output: { kind: "regression" } } }),
    /output "output" is expected to have the shape \[batch, 1\]/,
  ],
  [
    "features in another order than the metadata",
    bundleFiles({ ...good, features: ["1d_m_high", "1d_m_low"] }),
    /1 +1d_m_high +≠ 1d_m_low/,
  ],
  [
    "features that its strategy does not compute",
    bundleFiles({
      features: ["1d_m_low", "1d_x_high"],
      metadata: { ...metadata, features: ["1d_m_low", "1d_x_high"] },
    }),
    /2 +1d_m_high +≠ 1d_x_high/,
  ],
  [
    "weights outside the bundle",
    bundleFiles({ ...good, model: withGraph({ initializers: [{ ...weights, external: "../../secret" }, ...others] }) }),
    /files outside the bundle are not read/,
  ],
];

test.each(bad)("%s is refused at import with the reason, and nothing is stored", async (_what, files, message) => {
  write("bad", files);
  const { code, stdout, stderr } = await place.run("models", "import", "bad", "--name", "bad");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^ModelBundleError: /);
  expect(stderr).not.toContain("    at ");
  expect(json(await place.run("models", "ls", "--json"), modelsDocument).models.map(({ name }) => name)).not.toContain(
    "bad",
  );
});

test("a link that leads out of the bundle is refused", async () => {
  write("linked", without("model.onnx"));
  symlinkSync(place.path("small/model.onnx"), place.path("linked/model.onnx"));
  const { code, stderr } = await place.run("models", "import", "linked");
  expect(code).toBe(2);
  expect(stderr).toMatch(/model\.onnx: expected a plain file in the folder, found a link/);
});

test("a model of 500 MB is refused where a function has 512 MB of memory, before it is read", async () => {
  write("large", bundleFiles(good));
  truncateSync(place.path("large/model.onnx"), 500 * 1_048_576);
  const { code, stderr } = await place.start(["models", "import", "large"], { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512" })
    .ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/its 500 MB need about 1500 MB of memory, and 512 MB are available/);
});

const badRuns: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["an unknown model", spec({ model: "smal" }), /Model "smal": found none of this name or id; did you mean "small"/],
  ["no model", spec({}), /strategy\.params[\s\S]*model: /],
  [
    "a misspelt parameter",
    spec({ model: "small", treshold: 0.4 }),
    /treshold: unknown field; did you mean "threshold"/,
  ],
  ["routes without an ensemble of routes", spec({ model: ["small", "small"], ensemble: "routed" }), /routes/],
  [
    "a route to a model that is not there",
    spec({ model: ["small", "small"], ensemble: "routed", routes: { BUY: 1 } }),
    /routes\.BUY: expected 0 to 0/,
  ],
];

test.each(badRuns)("a spec with %s is refused with the field", async (_what, text, message) => {
  const ended = await place.run("run", place.write("bad.json", text), "--json");
  expect(ended.code).toBe(2);
  expect(json(ended, errorDocument).error.message).toMatch(message);
});

test("removing a name that does not exist is refused", async () => {
  const { code, stderr } = await place.run("models", "rm", "nobody");
  expect(code).toBe(2);
  expect(stderr).toContain('Model "nobody": found no such name.');
});

test("a strategy of one's own asks a model that its parameter names", async () => {
  place.write(
    "confident.ts",
    `import { askModel, defineStrategy, modelName, z } from "backstitch";
     export default defineStrategy({
       name: "confident",
       params: z.strictObject({ model: modelName() }),
       columns: ({ model }) => {
         const { status, signal, confidence } = askModel(model);
         return { status, signal, confidence };
       },
       onBar(bar) {
         const { status, signal, confidence } = bar.columns;
         if (status.now !== 1 || confidence.now < 0.4) return;
         if (signal.now > 0 && bar.position === 0) bar.buy();
         if (signal.now < 0) bar.closePosition();
       },
     });`,
  );
  const own = { data: { snapshot: "sp500" }, strategy: { file: "confident.ts", params: { model: "small" } } };
  const { status, lanes } = json(
    await place.run("run", place.write("own.json", JSON.stringify(own)), "--json"),
    runDocument,
  );
  expect(status).toBe("completed");
  expect(lanes[0].params.model).toMatch(/^[0-9a-f]{64}$/);
  expect(lanes[0].metrics?.closedTrades).toBeGreaterThan(5);
});

test("the demo trains, exports, imports and backtests a model out of sample", () => {
  const demo = fileURLToPath(new URL("../../examples/model-demo.ts", import.meta.url));
  const said = execFileSync(process.execPath, [demo, place.path("demo")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(said).toMatch(/inferences +1761, of which 0 failed/);
  expect(said).toMatch(/result digest [0-9a-f]{64}/);
});
