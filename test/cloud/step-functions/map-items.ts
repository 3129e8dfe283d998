import type { ItemReader, MapState } from "./definition.ts";
import { StateError } from "./failures.ts";
import { isJsonObject, type Json, parseJson } from "./json.ts";
import { evaluateField, evaluateNumber, fieldError, type Run } from "./run.ts";
import { getText } from "./s3-task.ts";

/** The items of a Map, each with the input that ItemSelector makes of it. */
export async function itemInputs(
  run: Run,
  state: MapState,
): Promise<readonly { readonly value: Json; readonly input: Json }[]> {
  const values = state.reader === undefined ? await itemsOf(run, state) : await readItems(run, state.reader);
  const { selector } = state;
  if (selector === undefined) return values.map((value) => ({ value, input: value }));
  const inputs: { value: Json; input: Json }[] = [];
  for (const [index, value] of values.entries()) {
    const mapItem = { Index: index, Value: value };
    inputs.push({ value, input: await evaluateField(run, selector, "ItemSelector", { mapItem }) });
  }
  return inputs;
}

async function itemsOf(run: Run, { items }: MapState): Promise<readonly Json[]> {
  const values = items === undefined ? run.position.input : await evaluateField(run, items, "Items");
  if (Array.isArray(values)) return values as readonly Json[];
  throw fieldError(run, "Items", `has to be an array, found ${JSON.stringify(values)}`);
}

async function readItems(run: Run, reader: ItemReader): Promise<readonly Json[]> {
  const place = await evaluateField(run, reader.arguments, "ItemReader/Arguments");
  const maxItems =
    reader.maxItems === undefined
      ? undefined
      : await evaluateNumber(run, reader.maxItems, {
          field: "ItemReader/ReaderConfig/MaxItems",
          from: 1,
          to: 100_000_000,
        });
  if (!isJsonObject(place) || typeof place.Bucket !== "string" || typeof place.Key !== "string") {
    throw fieldError(run, "ItemReader/Arguments", "has to name a Bucket and a Key");
  }
  const items = parseJson(await textOfItems(run, { bucket: place.Bucket, key: place.Key }));
  if (Array.isArray(items)) return (items as readonly Json[]).slice(0, maxItems);
  const reason = `Attempting to map over non-iterable node: s3://${place.Bucket}/${place.Key} holds no JSON array.`;
  throw new StateError("States.ItemReaderFailed", reason);
}

async function textOfItems(run: Run, place: { readonly bucket: string; readonly key: string }): Promise<string> {
  try {
    return await getText(run.account, place);
  } catch (error) {
    throw new StateError("States.ItemReaderFailed", error instanceof Error ? error.message : String(error));
  }
}
