import { bindModel } from "./bound-model.ts";
import { type Bundle, type BundleFiles, openBundle } from "./bundle.ts";
import { ModelBundleError } from "./bundle-error.ts";
import { type GoldenDifference, verifyGolden } from "./golden-vectors.ts";
import { LoadedModel } from "./inference.ts";
import { loadModel } from "./load-model.ts";

/** A bundle that can be used, the features of its strategy that it does not read, and where this machine's numbers differ from its golden vectors; undefined where it has none. */
export type CheckedBundle = {
  readonly bundle: Bundle;
  readonly extras: readonly string[];
  readonly differences: readonly GoldenDifference[] | undefined;
};

/** As `checkFiles`, then the runtime's answer and the golden vectors. Throws ModelBundleError, RuntimeMissingError and what the document's parsers throw. */
export function checkBundle(files: BundleFiles, where: string): CheckedBundle {
  const bundle = openBundle(files, where);
  const loaded = loadModel(bundle);
  try {
    const { extras } = bindModel(loaded, bundle);
    return {
      bundle,
      extras,
      differences: bundle.golden === undefined ? undefined : verifyGolden(loaded, bundle.golden),
    };
  } finally {
    loaded.dispose();
  }
}

/** Checks a bundle's files against each other, and its strategy document against its features, which needs no runtime. Throws ModelBundleError and what the document's parsers throw. */
export function checkFiles(files: BundleFiles, where: string): Bundle {
  const bundle = openBundle(files, where);
  const { id, model, metadata, ports } = bundle;
  bindModel(new LoadedModel(id, model, metadata, ports), bundle);
  return bundle;
}

/** Refuses a bundle whose golden vectors come out differently here. Throws ModelBundleError. */
export function requireGolden({ differences = [] }: CheckedBundle, where: string): void {
  const shown = differences.slice(0, 5).map(differenceText);
  if (differences.length === 0) return;
  throw new ModelBundleError(where, [
    `golden.json: this machine computes ${differences.length} of its numbers differently:`,
    ...shown.map((line) => `  ${line}`),
    "Export the model and its golden vectors together, or raise the tolerance in golden.json.",
  ]);
}

/** One number that differs, as a person reads it. */
export function differenceText({ vector, output, expected, found }: GoldenDifference): string {
  return `vector ${vector}, output ${output}: expected ${expected}, found ${found}`;
}
