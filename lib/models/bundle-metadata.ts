import { z } from "zod";
import { faultSentence, fieldFaults } from "../engine/field-faults.ts";
import { normalisationSchema } from "../features/normalisation.ts";
import { ModelBundleError } from "./bundle-error.ts";

const names = z.array(z.string().min(1)).min(1);
const classification = z.strictObject({
  kind: z.literal("classification"),
  scale: z.enum(["logits", "probabilities"]),
  classes: names
    .refine((classes) => new Set(classes).size === classes.length, "expected each class once")
    .default(["BUY", "HOLD", "SELL"]),
});
const regression = z.strictObject({ kind: z.literal("regression") });

const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "expected a date, or a time with its zone",
});

/** The fields of metadata.json. */
export const metadataSchema = z.strictObject({
  format: z.literal(1),
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u, "expected letters, digits, dots, dashes and underscores"),
  version: z.string().min(1),
  producer: z.string().default(""),
  opset: z.int(),
  strategy: z.looseObject({ name: z.string().min(1) }).describe("The strategy document the model was trained with."),
  features: names,
  input: z
    .strictObject({
      name: z.string().min(1).exactOptional(),
      window: z.int().min(1).max(10_000).default(1),
      layout: z.enum(["flat", "steps", "channels"]).default("flat"),
    })
    .prefault({}),
  output: z.discriminatedUnion("kind", [classification, regression]),
  outputName: z.string().min(1).exactOptional(),
  normalisation: z.record(z.string(), normalisationSchema).default({}),
  training: z
    .strictObject({ symbols: names, timeframes: names, from: moment, to: moment })
    .refine(({ from, to }) => Date.parse(from) <= Date.parse(to), "expected from before to"),
});

/**
 * What a bundle says of its model. `features` is the order of the inputs. `input.window` bars, oldest first, make one row: "flat" is [batch, window × features], "steps" is
 * [batch, window, features] (LSTM, GRU), "channels" is [batch, features, window] (convolutions). `normalisation` is by feature name.
 */
export type BundleMetadata = z.output<typeof metadataSchema>;

const featuresSchema = z.union([names, z.strictObject({ features: names }).transform(({ features }) => features)]);

/** Reads metadata.json. Throws ModelBundleError, with every fault and its field. */
export function parseMetadata(text: string, bundle: string): BundleMetadata {
  const written = parseJson(text, "metadata.json", bundle);
  const result = metadataSchema.safeParse(written);
  if (!result.success) {
    const faults = fieldFaults(result.error, written, Object.keys(metadataSchema.shape));
    throw new ModelBundleError(
      bundle,
      faults.map((fault) => `metadata.json: ${faultSentence(fault)}`),
    );
  }
  return result.data;
}

/** Reads features.json: the features in their order. Throws ModelBundleError. */
export function parseFeatures(text: string, bundle: string): readonly string[] {
  const result = featuresSchema.safeParse(parseJson(text, "features.json", bundle));
  if (result.success) return result.data;
  throw new ModelBundleError(bundle, ["features.json: expected a list of feature names. Export it again."]);
}

function parseJson(text: string, file: string, bundle: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const name = repeatedName(text);
    if (name === undefined) return value;
    throw new ModelBundleError(bundle, [
      `${file}: expected each name once, found ${name} twice in one object. Rename one.`,
    ]);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ModelBundleError(bundle, [`${file}: expected JSON, found ${error.message}. Export it again.`]);
  }
}

/** A name that one of the objects in a JSON text has twice, in quotes: JSON would keep the last in silence. */
function repeatedName(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, name, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)|[{}[\]]/g)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (name !== undefined && colon === ":") {
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}
