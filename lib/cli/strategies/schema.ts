import { specJsonSchema } from "../../run/parse-spec.ts";
import type { Console, ExitCode } from "../console.ts";

/** `schema`: the same document with and without --json. */
export function printSchema(console: Console): ExitCode {
  const schema = specJsonSchema();
  console.answer(schema, JSON.stringify(schema, null, 2));
  return 0;
}
