import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { build, type Message, type Metafile, type Plugin } from "esbuild";
import { chartLibrary } from "../report/chart-library.ts";
import { StrategyInputError } from "../strategies/load-strategy.ts";
import { type FolderStrategy, findStrategies } from "../strategies/strategies-folder.ts";
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
  const functions: FunctionBundle[] = [];
  for (const name of names) functions.push(await bundleFunction(name, strategies, outFolder));
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

/** The repository, or the installed package: where lib/ and functions/ are. */
const root = join(import.meta.dirname, "../..");

async function bundleFunction(
  name: FunctionName,
  strategies: readonly FolderStrategy[],
  outFolder: string,
): Promise<FunctionBundle> {
  const own = functionsWithStrategies.includes(name) ? strategies : [];
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: entryOf(name, own), resolveDir: root, sourcefile: `entry-of-${name}.js`, loader: "js" },
    // Nothing is written here: a fixed place keeps the paths in the source map the same everywhere.
    outfile: join(root, "index.cjs"),
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    sourcemap: true,
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
    plugins: [ownPackage, englishOnly, chartsInside, zodInParts, environmentCredentials],
  }).catch((error: unknown) => {
    throw strategyFault(error, own) ?? error;
  });
  const folder = join(outFolder, name);
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(join(folder, relative(root, path)), contents);
  return { name, file: join(folder, "index.cjs"), ...contentsOf(metafile) };
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

/** What a strategy imports as "backstitch" is this running copy, without the parts of the package that it does not use. */
const ownPackage: Plugin = {
  name: "own-package",
  setup({ onResolve }) {
    onResolve({ filter: /^backstitch$/ }, () => ({ path: join(root, "lib/backstitch.ts"), sideEffects: false }));
    // Of every importer alike: which of two finds a module first is a matter of chance, and the bundle's bytes must not be.
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, importer }) =>
      importer.startsWith(join(root, "lib", sep))
        ? { path: join(dirname(importer), path), sideEffects: false }
        : undefined,
    );
  },
};

/** Zod's messages in 60 languages are a quarter of a megabyte. */
const englishOnly: Plugin = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: 'export { default as en } from "./en.js";',
      resolveDir: dirname(path),
    }));
  },
};

/** A function's folder has no packages to read the charts of a report from. */
const chartsInside: Plugin = {
  name: "charts-inside",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lib[\\/]report[\\/]chart-library\.ts$/ }, () => ({
      contents: `export const chartLibrary = () => ${JSON.stringify(chartLibrary())};`,
      loader: "js",
    }));
  },
};

/** The object `z` holds the whole of zod; of a namespace, only what is used is bundled: 90 kB less. */
const zodInParts: Plugin = {
  name: "zod-in-parts",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!ownFolders.some((folder) => path.startsWith(folder))) return undefined;
      const source = await readFile(path, "utf8");
      return { contents: source.replace(/^import \{ z \} from "zod";$/m, 'import * as z from "zod";'), loader: "ts" };
    });
  },
};

const ownFolders = ["lib", "functions"].map((folder) => join(root, folder) + sep);

/** Lambda gives a function its credentials in the environment: the SDK's other ways to them are 110 kB. */
const environmentCredentials: Plugin = {
  name: "environment-credentials",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, ({ path }) => ({
      contents: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
      resolveDir: dirname(path),
    }));
  },
};

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

function contentsOf({ outputs }: Metafile): Pick<FunctionBundle, "sizeBytes" | "contents"> {
  const output = Object.entries(outputs).find(([path]) => path.endsWith(".cjs"))?.[1];
  const bytesByName = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split("/").slice(0, 2).join("/");
    bytesByName.set(name, (bytesByName.get(name) ?? 0) + bytesInOutput);
  }
  const largestFirst = [...bytesByName].sort(([, a], [, b]) => b - a);
  return { sizeBytes: output?.bytes ?? 0, contents: new Map(largestFirst) };
}
