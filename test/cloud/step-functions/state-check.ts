import type {
  ChoiceRule,
  ChoiceState,
  FailState,
  ParallelState,
  PassState,
  State,
  SucceedState,
  TaskState,
  WaitState,
} from "./definition.ts";
import { parseScope, queryLanguage, type ScopePlace } from "./definition-check.ts";
import {
  assignments,
  numberOrExpression,
  objectWith,
  optionalString,
  stringAt,
  template,
} from "./definition-fields.ts";
import { invalidDefinition } from "./failures.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { parseMap } from "./map-check.ts";
import { parseCatchers, parseRetriers } from "./recovery-check.ts";
import { parseResource } from "./resource-check.ts";
import { checkArguments } from "./task-parameters.ts";

const named = ["Type", "QueryLanguage"];
const continuing = [...named, "Next", "End", "Assign", "Output"];
const longestSeconds = 99_999_999;

/** The fields of every state that goes on or ends, for states that have fields of their own besides. */
export const continuingFields: readonly string[] = continuing;

/** Turns one state of a definition into what the interpreter executes; refuses types, fields and values it does not know. */
export function parseState(name: string, value: Json, place: ScopePlace): State {
  if (!isJsonObject(value)) throw invalidDefinition("expected an object", place.at);
  const language = queryLanguage(value, place.language, place.at);
  if (language !== "JSONata") {
    throw invalidDefinition(`the query language JSONPath of state '${name}' is not supported, write JSONata`, place.at);
  }
  switch (value.Type) {
    case "Pass":
      return parsePass(name, value, place);
    case "Task":
      return parseTask(name, value, place);
    case "Choice":
      return parseChoice(name, value, place);
    case "Wait":
      return parseWait(name, value, place);
    case "Succeed":
      return parseSucceed(name, value, place);
    case "Fail":
      return parseFail(name, value, place);
    case "Parallel":
      return parseParallel(name, value, place);
    case "Map":
      return parseMap(name, value, place);
    default:
      throw invalidDefinition(`the state type ${JSON.stringify(value.Type)} is not supported`, `${place.at}/Type`);
  }
}

/** Name, Next, Assign and Output of a state that goes on or ends. */
export function continuingPart(name: string, state: JsonObject, at: string) {
  const next = optionalString(state.Next, `${at}/Next`);
  if (state.End !== undefined && state.End !== true) throw invalidDefinition("End can only be true", `${at}/End`);
  if ((next === undefined) === (state.End === undefined)) {
    throw invalidDefinition("a state has either Next or End", at);
  }
  return { name, next, ...transformingPart(state, at) };
}

function transformingPart(state: JsonObject, at: string) {
  return {
    assign: assignments(state.Assign, `${at}/Assign`),
    output: template(state.Output, `${at}/Output`),
  };
}

function parsePass(name: string, value: JsonObject, { at }: ScopePlace): PassState {
  return { type: "Pass", ...continuingPart(name, objectWith(value, continuing, at), at) };
}

function parseTask(name: string, value: JsonObject, { at }: ScopePlace): TaskState {
  const fields = [...continuing, "Resource", "Arguments", "TimeoutSeconds", "Retry", "Catch"];
  const state = objectWith(value, fields, at);
  const resource = parseResource(stringAt(state.Resource, `${at}/Resource`), `${at}/Resource`);
  checkArguments(resource.kind, state.Arguments, `${at}/Arguments`);
  return {
    type: "Task",
    ...continuingPart(name, state, at),
    resource,
    arguments: template(state.Arguments, `${at}/Arguments`),
    timeoutSeconds: numberOrExpression(state.TimeoutSeconds, {
      at: `${at}/TimeoutSeconds`,
      from: 1,
      to: longestSeconds,
    }),
    retry: parseRetriers(state.Retry, `${at}/Retry`),
    catch: parseCatchers(state.Catch, `${at}/Catch`),
  };
}

function parseChoice(name: string, value: JsonObject, { at }: ScopePlace): ChoiceState {
  const state = objectWith(value, [...named, "Choices", "Default", "Assign", "Output"], at);
  const rules = Array.isArray(state.Choices) ? (state.Choices as readonly Json[]) : [];
  if (rules.length === 0) throw invalidDefinition("expected an array of at least one rule", `${at}/Choices`);
  return {
    type: "Choice",
    name,
    choices: rules.map((rule, index) => parseRule(rule, `${at}/Choices/${index}`)),
    default: optionalString(state.Default, `${at}/Default`),
    ...transformingPart(state, at),
  };
}

function parseRule(value: Json, at: string): ChoiceRule {
  const rule = objectWith(value, ["Condition", "Next", "Assign", "Output"], at);
  const condition = rule.Condition;
  if (typeof condition !== "string" && typeof condition !== "boolean") {
    throw invalidDefinition("expected a JSONata expression", `${at}/Condition`);
  }
  template(condition, `${at}/Condition`);
  return { condition, next: stringAt(rule.Next, `${at}/Next`), ...transformingPart(rule, at) };
}

function parseWait(name: string, value: JsonObject, { at }: ScopePlace): WaitState {
  const state = objectWith(value, [...continuing, "Seconds", "Timestamp"], at);
  if ((state.Seconds === undefined) === (state.Timestamp === undefined)) {
    throw invalidDefinition("a Wait has either Seconds or Timestamp", at);
  }
  return {
    type: "Wait",
    ...continuingPart(name, state, at),
    seconds: numberOrExpression(state.Seconds, { at: `${at}/Seconds`, from: 0, to: longestSeconds }),
    timestamp: template(optionalString(state.Timestamp, `${at}/Timestamp`), `${at}/Timestamp`),
  };
}

function parseSucceed(name: string, value: JsonObject, { at }: ScopePlace): SucceedState {
  const state = objectWith(value, [...named, "Output"], at);
  return { type: "Succeed", name, output: template(state.Output, `${at}/Output`) };
}

function parseFail(name: string, value: JsonObject, { at }: ScopePlace): FailState {
  const state = objectWith(value, [...named, "Error", "Cause"], at);
  return {
    type: "Fail",
    name,
    error: template(optionalString(state.Error, `${at}/Error`), `${at}/Error`),
    cause: template(optionalString(state.Cause, `${at}/Cause`), `${at}/Cause`),
  };
}

function parseParallel(name: string, value: JsonObject, place: ScopePlace): ParallelState {
  const { at } = place;
  const state = objectWith(value, [...continuing, "Branches", "Arguments", "Retry", "Catch"], at);
  const branches = Array.isArray(state.Branches) ? (state.Branches as readonly Json[]) : [];
  if (branches.length === 0) throw invalidDefinition("expected an array of at least one branch", `${at}/Branches`);
  return {
    type: "Parallel",
    ...continuingPart(name, state, at),
    branches: branches.map((branch, index) => {
      const branchAt = `${at}/Branches/${index}`;
      return parseScope(objectWith(branch, ["StartAt", "States"], branchAt), { ...place, at: branchAt });
    }),
    arguments: template(state.Arguments, `${at}/Arguments`),
    retry: parseRetriers(state.Retry, `${at}/Retry`),
    catch: parseCatchers(state.Catch, `${at}/Catch`),
  };
}
