import { z } from "zod";
import { readJson } from "./golden-file.ts";

const seedCases = z.object({ cases: z.array(z.object({ id: z.string(), input: z.unknown(), expected: z.unknown() })) });

/** What a seed case expects, read by `schema`. */
export function expectedOf<Schema extends z.ZodType>(id: string, schema: Schema): z.output<Schema> {
  return schema.parse(seedCase(id).expected);
}

export function seedCase(id: string): { readonly input: unknown; readonly expected: unknown } {
  const found = seedCases.parse(readJson("cases/seed-cases.json")).cases.find((entry) => entry.id === id);
  if (found === undefined) throw new Error(`The seed cases have no ${id}.`);
  return found;
}
