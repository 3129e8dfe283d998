import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Plugin } from "esbuild";
import { chartLibrary } from "../report/chart-library.ts";

/** The repository, or the installed package: where lib/ and functions/ are. */
export const root = join(import.meta.dirname, "../..");

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

/** What makes the bundles small, whole by themselves, and the same everywhere. */
export const bundlePlugins: readonly Plugin[] = [
  ownPackage,
  englishOnly,
  chartsInside,
  zodInParts,
  environmentCredentials,
];
