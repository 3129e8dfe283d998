import type { ItemReader, MapState, ResultWriter } from "./definition.ts";
import { parseScope, queryLanguage, type ScopePlace } from "./definition-check.ts";
import { numberOrExpression, objectWith, optionalString, template } from "./definition-fields.ts";
import { invalidDefinition } from "./failures.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseCatchers, parseRetriers } from "./recovery-check.ts";
import { continuingFields, continuingPart } from "./state-check.ts";

const inlineFields = ["Items", "ItemSelector", "ItemProcessor", "MaxConcurrency", "Retry", "Catch"];
const distributedFields = [
  ...inlineFields,
  "ItemReader",
  "ToleratedFailureCount",
  "ToleratedFailurePercentage",
  "Label",
  "ResultWriter",
];

/** Turns a Map state, inline or distributed, into what the interpreter executes. */
export function parseMap(name: string, value: JsonObject, place: ScopePlace): MapState {
  const { at } = place;
  const processorAt = `${at}/ItemProcessor`;
  const processor = objectWith(
    value.ItemProcessor,
    ["StartAt", "States", "ProcessorConfig", "QueryLanguage"],
    processorAt,
  );
  const mode = processorMode(processor.ProcessorConfig, `${processorAt}/ProcessorConfig`);
  const fields = mode === "INLINE" ? inlineFields : distributedFields;
  const state = objectWith(value, [...continuingFields, ...fields], at);
  if (state.Items !== undefined && state.ItemReader !== undefined) {
    throw invalidDefinition("a Map has either Items or ItemReader", at);
  }
  return {
    type: "Map",
    ...continuingPart(name, state, at),
    mode,
    processor: parseScope(processor, {
      at: processorAt,
      language: queryLanguage(processor, place.language, processorAt),
      source: JSON.stringify(processor),
    }),
    items: template(state.Items, `${at}/Items`),
    reader: state.ItemReader === undefined ? undefined : parseReader(state.ItemReader, `${at}/ItemReader`),
    selector: template(state.ItemSelector, `${at}/ItemSelector`),
    maxConcurrency: count(state.MaxConcurrency, `${at}/MaxConcurrency`),
    toleratedFailureCount: count(state.ToleratedFailureCount, `${at}/ToleratedFailureCount`),
    toleratedFailurePercentage: numberOrExpression(state.ToleratedFailurePercentage, {
      at: `${at}/ToleratedFailurePercentage`,
      from: 0,
      to: 100,
    }),
    label: parseLabel(state.Label, `${at}/Label`),
    writer: state.ResultWriter === undefined ? undefined : parseWriter(state.ResultWriter, `${at}/ResultWriter`),
    retry: parseRetriers(state.Retry, `${at}/Retry`),
    catch: parseCatchers(state.Catch, `${at}/Catch`),
  };
}

function processorMode(value: Json | undefined, at: string): "INLINE" | "DISTRIBUTED" {
  if (value === undefined) return "INLINE";
  const config = objectWith(value, ["Mode", "ExecutionType"], at);
  if (config.Mode === undefined || config.Mode === "INLINE") {
    if (config.ExecutionType === undefined) return "INLINE";
    throw invalidDefinition("ExecutionType belongs to the mode DISTRIBUTED", at);
  }
  if (config.Mode !== "DISTRIBUTED") throw invalidDefinition(`the Mode ${JSON.stringify(config.Mode)} is unknown`, at);
  if (config.ExecutionType !== "STANDARD") {
    throw invalidDefinition(`the ExecutionType ${JSON.stringify(config.ExecutionType)} is not supported`, at);
  }
  return "DISTRIBUTED";
}

function parseReader(value: Json, at: string): ItemReader {
  const reader = objectWith(value, ["Resource", "ReaderConfig", "Arguments"], at);
  checkS3Resource(reader.Resource, "getObject", `${at}/Resource`);
  const config = objectWith(reader.ReaderConfig, ["InputType", "MaxItems"], `${at}/ReaderConfig`);
  if (config.InputType !== "JSON") {
    throw invalidDefinition(`the InputType ${JSON.stringify(config.InputType)} is not supported`, `${at}/ReaderConfig`);
  }
  return {
    arguments: objectOrExpression(reader.Arguments, ["Bucket", "Key"], `${at}/Arguments`),
    maxItems: numberOrExpression(config.MaxItems, { at: `${at}/ReaderConfig/MaxItems`, from: 1, to: 100_000_000 }),
  };
}

function parseWriter(value: Json, at: string): ResultWriter {
  const writer = objectWith(value, ["Resource", "Arguments", "WriterConfig"], at);
  if (writer.Resource !== undefined) checkS3Resource(writer.Resource, "putObject", `${at}/Resource`);
  if ((writer.Resource === undefined) !== (writer.Arguments === undefined)) {
    throw invalidDefinition("Resource and Arguments of a ResultWriter belong together", at);
  }
  const config = objectWith(writer.WriterConfig ?? {}, ["Transformation", "OutputType"], `${at}/WriterConfig`);
  const transformation = config.Transformation ?? "NONE";
  if (transformation !== "NONE" && transformation !== "COMPACT" && transformation !== "FLATTEN") {
    throw invalidDefinition(`the Transformation ${JSON.stringify(transformation)} is unknown`, `${at}/WriterConfig`);
  }
  const outputType = config.OutputType ?? "JSON";
  if (outputType !== "JSON" && outputType !== "JSONL") {
    throw invalidDefinition(`the OutputType ${JSON.stringify(outputType)} is unknown`, `${at}/WriterConfig`);
  }
  return {
    arguments:
      writer.Arguments === undefined
        ? undefined
        : objectOrExpression(writer.Arguments, ["Bucket", "Prefix"], `${at}/Arguments`),
    transformation,
    outputType,
  };
}

function objectOrExpression(value: Json | undefined, fields: readonly string[], at: string): Json {
  if (typeof value !== "string") objectWith(value, fields, at);
  const checked = template(value, at);
  if (checked === undefined) throw invalidDefinition("expected an object", at);
  return checked;
}

function checkS3Resource(resource: Json | undefined, action: string, at: string): void {
  if (typeof resource === "string" && new RegExp(`^arn:aws(-[a-z]+)*:states:::s3:${action}$`).test(resource)) return;
  throw invalidDefinition(`the Resource ${JSON.stringify(resource)} is not supported`, at);
}

function parseLabel(value: Json | undefined, at: string): string | undefined {
  const label = optionalString(value, at);
  if (label === undefined || /^[A-Za-z0-9_-]{1,40}$/.test(label)) return label;
  throw invalidDefinition("a Label has at most 40 letters, digits, '-' and '_'", at);
}

function count(value: Json | undefined, at: string): Json | undefined {
  return numberOrExpression(value, { at, from: 0, to: 100_000_000 });
}
