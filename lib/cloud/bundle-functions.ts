import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { build, type Message, type Metafile, type Plugin } from "esbuild";
import { StrategyInputError } from "../strategies/load-strategy.ts";
import { type FolderStrategy, findStrategies } from "../strategies/strategies-folder.ts";
import { bundlePlugins, root } from "./bundle-plugins.ts";
import { copyModelRuntime } from "./model-runtime.ts";

/** The functions of a deployment, by the names of their files. */
export const functionNames = [
  "plan",
  "segment",
  "finish",
  "expand",
  "select",
  "stitch",
  "status",
  "watch",
  "api",
  "import",
] as const;
export type FunctionName = (typeof functionNames)[number];

export type BundleOptions = {
  /** Gets a folder for each function, named after it, with `index.cjs` and `index.cjs.map`. */
  readonly outFolder: string;
  /** Folder of the user's own strategies. */
  readonly strategiesFolder?: string;
  /** All, when left out. */
  readonly names?: readonly FunctionName[];
  /** Whether runs may ask models: then the runtime travels with the functions that compute segments and import bundles. */
  readonly models?: boolean;
};

export type Bundles = {
  readonly functions: readonly FunctionBundle[];
  readonly strategies: readonly FolderStrategy[];
};

export type FunctionBundle = {
  readonly name: FunctionName;
  readonly file: string;
  readonly sizeBytes: number;
  /** Bytes in the bundle by package, and by folder of this project; the largest first. */
  readonly contents: ReadonlyMap<string, number>;
};

/**
 * Bundles the functions for Node 24 on Lambda, minified, with source maps; the same input gives the same bytes wherever it lies. Throws StrategyInputError
 * naming the file of the strategies folder that cannot be loaded or bundled.
 */
export async function bundleFunctions({
  outFolder,
  strategiesFolder,
  names = functionNames,
  models = false,
}: BundleOptions): Promise<Bundles> {
  const strategies = strategiesFolder === undefined ? [] : await findStrategies(strategiesFolder);
  const functions = await bundleAll(names, strategies, outFolder);
  // Only segments and imports ask a model; where runs are planned and finished it is read and not loaded.
  if (models)
    for (const name of names) if (functionsWithRuntime.includes(name)) await copyModelRuntime(join(outFolder, name));
  return { functions, strategies };
}

/** These compute runs or plan them, so that they need the user's strategies. */
const functionsWithStrategies: readonly FunctionName[] = [
  "plan",
  "segment",
  "finish",
  "expand",
  "select",
  "stitch",
  "api",
];

const functionsWithRuntime: readonly FunctionName[] = ["segment", "import"];

/** All in one build, which reads every source once. */
async function bundleAll(
  names: readonly FunctionName[],
  strategies: readonly FolderStrategy[],
  outFolder: string,
): Promise<FunctionBundle[]> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `${entryPrefix}${name}`, out: name })),
    // Nothing is written here: a fixed place keeps the paths in the source maps the same everywhere.
    outdir: root,
    outExtension: { ".js": ".cjs" },
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    sourcemap: "external",
    sourcesContent: false,
    platform: "node",
    target: "node24",
    // As ES modules, node:http is loaded with all its exports, undici among them: 30 ms more at every cold start.
    format: "cjs",
    // Of packages that offer both, the ES modules: only they can be thinned out.
    mainFields: ["module", "main"],
    external: ["onnxruntime-node"],
    // The model runtime is looked for beside the bundle.
    define: { "import.meta.url": "bundleUrl" },
    banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
    tsconfigRaw: {},
    logLevel: "silent",
    plugins: [entries(strategies), ...bundlePlugins],
  }).catch((error: unknown) => {
    throw strategyFault(error, strategies) ?? error;
  });
  const bytesOf = (file: string): Uint8Array => {
    const found = outputFiles.find(({ path }) => path === join(root, file));
    assert(found !== undefined, `esbuild wrote no ${file}.`);
    return found.contents;
  };
  const functions: FunctionBundle[] = [];
  for (const name of names) {
    const folder = join(outFolder, name);
    const file = join(folder, "index.cjs");
    const code = Buffer.concat([bytesOf(`${name}.cjs`), Buffer.from("//# sourceMappingURL=index.cjs.map\n")]);
    await mkdir(folder, { recursive: true });
    await writeFile(file, code);
    await writeFile(`${file}.map`, bytesOf(`${name}.cjs.map`));
    functions.push({ name, file, sizeBytes: code.length, contents: contentsOf(name, metafile) });
  }
  return functions;
}

const entryPrefix = "entry-of-";

/** What each function's bundle begins with. */
function entries(strategies: readonly FolderStrategy[]): Plugin {
  const namespace = "entry";
  return {
    name: "entries",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${entryPrefix}`) }, ({ path }) => ({ path, namespace }));
      onLoad({ filter: /.*/, namespace }, ({ path }) => {
        const name = path.slice(entryPrefix.length) as FunctionName;
        const own = functionsWithStrategies.includes(name) ? strategies : [];
        return { contents: entryOf(name, own), resolveDir: root, loader: "js" };
      });
    },
  };
}

/** The function, and before its first invocation the user's strategies. */
function entryOf(name: FunctionName, strategies: readonly FolderStrategy[]): string {
  const imports = strategies.map(({ file }, index) => `import strategy${index} from ${JSON.stringify(file)};`);
  const registered = strategies.map(
    ({ digest }, index) => `{ strategy: strategy${index}, digest: ${JSON.stringify(digest)} }`,
  );
  return [
    `import { registerStrategies } from "./lib/strategies/registered.ts";`,
    ...imports,
    `registerStrategies([${registered.join(", ")}]);`,
    `export { handler } from "./functions/${name}.ts";`,
  ].join("\n");
}

/** The fault as the user's when it lies in one of the strategies or in what they import. */
function strategyFault(error: unknown, strategies: readonly FolderStrategy[]): StrategyInputError | undefined {
  const first = messagesOf(error).find(({ location }) => location !== null);
  if (first?.location === undefined || first.location === null) return undefined;
  const { file, line } = first.location;
  const path = join(root, file);
  const folders = new Set(strategies.map((strategy) => dirname(strategy.file)));
  if (![...folders].some((folder) => path.startsWith(`${folder}${sep}`))) return undefined;
  return new StrategyInputError(
    `Strategy file ${path}, line ${line}, could not be bundled: ${first.text}. Install what it imports beside the strategies, or leave the import out.`,
    { cause: error },
  );
}

function messagesOf(error: unknown): readonly Message[] {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [];
}

/** Bytes in a function's bundle by package or folder of this project. */
function contentsOf(name: FunctionName, { outputs }: Metafile): ReadonlyMap<string, number> {
  const bytesByName = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(outputs[`${name}.cjs`]?.inputs ?? {})) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split("/").slice(0, 2).join("/");
    bytesByName.set(name, (bytesByName.get(name) ?? 0) + bytesInOutput);
  }
  return new Map([...bytesByName].sort(([, a], [, b]) => b - a));
}
