import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { bundleFunctions } from "../../lib/cloud/bundle-functions.ts";
import { bundleFiles } from "../models/bundle-files.ts";

const root = join(import.meta.dirname, "../..");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "backstitch-runtime-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function bytesIn(path: string): number {
  return readdirSync(path, { recursive: true, encoding: "utf8" }).reduce(
    (sum, name) => sum + statSync(join(path, name)).size,
    0,
  );
}

test.skipIf(process.platform !== "linux" || process.arch !== "x64")(
  "the runtime that travels with the segment loads a model and infers in a process that has nothing else",
  async () => {
    const path = folder();
    await bundleFunctions({ outFolder: path, names: ["segment"], models: true });
    writeFileSync(join(path, "model.onnx"), bundleFiles().get("model.onnx") ?? "");
    await build({
      stdin: {
        contents: `import { readFileSync } from "node:fs";
          import { openSession } from "./lib/models/native-session.ts";
          const session = openSession(readFileSync(process.argv[2]));
          const input = { name: "features", values: Float32Array.of(1, 2), dims: [1, 2] };
          console.log(JSON.stringify([...session.run(input, "output")]));`,
        resolveDir: root,
      },
      outfile: join(path, "segment", "infer.cjs"),
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["onnxruntime-node"],
      define: { "import.meta.url": "bundleUrl" },
      banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
    });
    const printed = execFileSync(process.execPath, [join(path, "segment", "infer.cjs"), join(path, "model.onnx")], {
      cwd: tmpdir(),
      encoding: "utf8",
    });
    // By hand: relu(0.5 − 0.5 + 0.1) = 0.1, relu(0.75 + 2 − 0.2) = 2.55.
    const [buy, hold, sell] = JSON.parse(printed) as number[];
    expect(buy).toBeCloseTo(0.1 + 0.5 * 2.55, 4);
    expect(hold).toBeCloseTo(-0.05 + 0.25 * 2.55 + 0.1, 4);
    expect(sell).toBeCloseTo(0.03 - 2.55 - 0.1, 4);
  },
);

test("the runtime is pruned to one platform", async () => {
  const path = folder();
  await bundleFunctions({ outFolder: path, names: ["segment"], models: true });
  const modules = join(path, "segment", "node_modules");
  expect(readdirSync(join(modules, "onnxruntime-node", "bin", "napi-v6"))).toEqual(["linux"]);
  expect(readdirSync(join(modules, "onnxruntime-node", "bin", "napi-v6", "linux"))).toEqual(["x64"]);
  expect(bytesIn(modules)).toBeLessThan(50_000_000);
});

test("the runtime travels with segments and imports, and with nothing else", async () => {
  const path = folder();
  await bundleFunctions({ outFolder: path, names: ["segment", "import", "plan"], models: true });
  const travels = (name: string) => existsSync(join(path, name, "node_modules"));
  expect(["segment", "import", "plan"].map(travels)).toEqual([true, true, false]);
});

test("without models nothing of the runtime travels", async () => {
  const path = folder();
  await bundleFunctions({ outFolder: path, names: ["segment", "import"] });
  for (const name of ["segment", "import"]) expect(existsSync(join(path, name, "node_modules"))).toBe(false);
});
