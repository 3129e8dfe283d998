import { resolve } from "node:path";
import { parseDocument } from "yaml";
import { type Change, SetError } from "../run/set-fields.ts";

/** Reads `path=value` texts; the value is YAML: 5, true, 2020-01-31, [a, b], { kind: fixed, amount: 5 }. Throws SetError. */
export function parseChanges(texts: readonly string[] | undefined): readonly Change[] {
  return (texts ?? []).map((text) => {
    const at = text.indexOf("=");
    const path = text.slice(0, at).split(".");
    if (at <= 0 || path.includes(""))
      throw new SetError(`--set ${text}: expected path=value, as in strategy.params.fast=20.`);
    const document = parseDocument(text.slice(at + 1));
    const [fault] = document.errors;
    if (fault !== undefined)
      throw new SetError(`--set ${text}: expected a YAML value after "=": ${fault.message.split("\n")[0] ?? ""}`);
    const value: unknown = document.toJS();
    // A strategy file on the command line is relative to where the person is, not to the spec.
    const isFile = path.join(".") === "strategy.file" && typeof value === "string";
    return { path, value: isFile ? resolve(value) : at === text.length - 1 ? undefined : value };
  });
}
