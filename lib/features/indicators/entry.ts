import { z } from "zod";
import type { Column } from "../../engine/columns.ts";
import { close, high, low, open, volume } from "../../indicators/bar-columns.ts";
import { greatestLength } from "../../indicators/parameter-checks.ts";

/** One indicator type of the strategy grammar. Its first output is the one meant where a strategy names none. */
export type IndicatorEntry = {
  readonly aliases: readonly string[];
  readonly params: z.ZodObject;
  build(params: unknown): { readonly [output: string]: Column };
};

/** Makes an entry; the parameters that `build` gets are what the schema gives. */
export function indicator<Schema extends z.ZodObject>(definition: {
  readonly aliases?: readonly string[];
  readonly params: Schema;
  readonly build: (params: z.output<Schema>) => { readonly [output: string]: Column };
}): IndicatorEntry {
  const { params } = definition;
  return {
    aliases: definition.aliases ?? [],
    params,
    // The catalogue gives what the schema has just parsed.
    build: (parsed) => definition.build(parsed as z.output<Schema>),
  };
}

/** A number of bars with its default. */
export function bars(standard: number, least = 1): z.ZodDefault<z.ZodNumber> {
  const expected = `a whole number of bars from ${least} to ${greatestLength}`;
  return z.int(expected).min(least, expected).max(greatestLength, expected).default(standard);
}

/** A number above zero with its default. */
export function positive(standard: number): z.ZodDefault<z.ZodNumber> {
  return z.number().positive("a number above 0").default(standard);
}

/** The series that an indicator reads: one of the bars' own. */
export const source = z.enum(["open", "high", "low", "close", "volume"]).default("close");

const fields = { open, high, low, close, volume };

export function sourceColumn(name: z.output<typeof source>): Column {
  return fields[name];
}
