import validate from "asl-validator";
import type { Machine, Scope, State } from "./definition.ts";
import { objectWith, stringAt, wholeNumberAt } from "./definition-fields.ts";
import { ApiError, invalidDefinition } from "./failures.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "./json.ts";
import { checkReachability } from "./reachability.ts";
import { checkAssignedNames } from "./scope-names.ts";
import { parseState } from "./state-check.ts";

const maxDefinitionBytes = 1_048_576;

/** Turns the text of a definition into a machine; throws InvalidDefinition that names whatever this server would not execute as AWS does. */
export function parseDefinition(text: string): Machine {
  if (Buffer.byteLength(text) > maxDefinitionBytes) {
    throw new ApiError("ValidationException", `The definition is larger than ${maxDefinitionBytes} bytes.`);
  }
  const json = parseJson(text);
  if (!isJsonObject(json)) throw invalidDefinition("the definition is not a JSON object", "");
  const machine = objectWith(json, ["StartAt", "States", "QueryLanguage", "Version", "TimeoutSeconds"], "");
  if (machine.Version !== undefined && machine.Version !== "1.0") {
    throw invalidDefinition(`the Version ${JSON.stringify(machine.Version)} is not 1.0`, "/Version");
  }
  const scope = parseScope(machine, { at: "", language: queryLanguage(machine, "JSONPath", ""), source: text });
  checkAssignedNames(scope);
  askAslValidator(text);
  return {
    ...scope,
    timeoutSeconds:
      machine.TimeoutSeconds === undefined
        ? undefined
        : wholeNumberAt(machine.TimeoutSeconds, { at: "/TimeoutSeconds", from: 1, to: 99_999_999, absent: 1 }),
  };
}

/** Where a scope stands in the definition, the query language around it, and its text. */
export type ScopePlace = { readonly at: string; readonly language: string; readonly source: string };

/** Turns StartAt and States into a scope whose every transition leads to one of its states. */
export function parseScope(fields: JsonObject, { at, language, source }: ScopePlace): Scope {
  const startAt = stringAt(fields.StartAt, `${at}/StartAt`);
  if (!isJsonObject(fields.States) || Object.keys(fields.States).length === 0) {
    throw invalidDefinition("expected an object with at least one state", `${at}/States`);
  }
  const states = new Map<string, State>();
  for (const [name, value] of Object.entries(fields.States)) {
    const place = { at: `${at}/States/${name}`, language, source };
    if (name.length > 80) throw invalidDefinition("a state's name has at most 80 characters", place.at);
    states.set(name, parseState(name, value, place));
  }
  const scope = { startAt, states, source };
  checkReachability(scope, at);
  return scope;
}

/** The query language of a state or machine; refuses all but JSONata once a state has to be executed in it. */
export function queryLanguage(fields: JsonObject, inherited: string, at: string): string {
  const language = fields.QueryLanguage ?? inherited;
  if (language !== "JSONata" && language !== "JSONPath") {
    throw invalidDefinition(`the QueryLanguage ${JSON.stringify(language)} is unknown`, `${at}/QueryLanguage`);
  }
  return language;
}

function askAslValidator(text: string): void {
  // The validator writes defaults into what it reads, so it gets a copy of its own.
  const found = validate(JSON.parse(text) as Json, { checkPaths: false, checkArn: false });
  if (found.isValid) return;
  throw invalidDefinition(`asl-validator: ${found.errorsText("; ")}`, "");
}
