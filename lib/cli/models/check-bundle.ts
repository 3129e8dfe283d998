import { bindModel } from "../../models/bound-model.ts";
import { type Bundle, type BundleFiles, openBundle } from "../../models/bundle.ts";
import { ModelBundleError } from "../../models/bundle-error.ts";
import { type GoldenDifference, verifyGolden } from "../../models/golden-vectors.ts";
import { loadModel } from "../../models/load-model.ts";

/** A bundle that can be used, and where this machine's numbers differ from its golden vectors; undefined where it has none. */
export type CheckedBundle = { readonly bundle: Bundle; readonly differences: readonly GoldenDifference[] | undefined };

/** Checks a bundle's files against each other, its strategy document against its features, the runtime's answer, and its golden vectors. Throws ModelBundleError and what the document's parsers throw. */
export function checkBundle(files: BundleFiles, where: string): CheckedBundle {
  const bundle = openBundle(files, where);
  const loaded = loadModel(bundle);
  try {
    bindModel(loaded, bundle);
    return { bundle, differences: bundle.golden === undefined ? undefined : verifyGolden(loaded, bundle.golden) };
  } finally {
    loaded.dispose();
  }
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
