import type { Strategy } from "../engine/strategy.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { availableBytes } from "../models/bundle-memory.ts";
import { isUsable, type UsableModel, usableModel, useBundle } from "../models/loaded-models.ts";
import { modelFields } from "../models/model-name.ts";
import { loadBundle } from "../models/stored-bundle.ts";
import { findModel, ModelInputError, modelBlobs } from "./model-catalog.ts";
import { SpecError } from "./parse-spec.ts";
import type { Spec } from "./spec.ts";

type Params = Spec["strategy"]["params"];

/** The spec with every model that its parameters name replaced by its id, so that a name may mean another model later. Throws SpecError naming the field of a model that is not here. */
export async function resolveModels(spec: Spec, strategy: Strategy, objects: ObjectStore): Promise<Spec> {
  const fields = modelFields(strategy.params);
  if (fields.length === 0) return spec;
  const { params, lanes } = spec.strategy;
  const idAt = modelIds(objects);
  const resolve = (given: Params, path: string): Promise<Params> => resolveParams(given, { fields, path }, idAt);
  return {
    ...spec,
    strategy: {
      ...spec.strategy,
      params: await resolve(params, "strategy.params"),
      ...(lanes === undefined
        ? {}
        : { lanes: await Promise.all(lanes.map((lane, index) => resolve(lane, `strategy.lanes.${index}`))) }),
    },
  };
}

/** Finds the ids of models by what people call them; `path` is the field that names one. Throws SpecError naming that field. */
export type ModelIdAt = (reference: string, path: string) => Promise<string>;

/** Each name is looked up once: lanes by the thousand may name the same few models. */
export function modelIds(objects: ObjectStore): ModelIdAt {
  const ids = new Map<string, Promise<string>>();
  return async (reference, path) => {
    const id = ids.get(reference) ?? findModel(reference, objects);
    ids.set(reference, id);
    try {
      return await id;
    } catch (error) {
      if (!(error instanceof ModelInputError)) throw error;
      throw new SpecError(`${path}: ${error.message}`, { fields: [{ path, message: error.message }], cause: error });
    }
  };
}

/**
 * Loads the models that a resolved spec names, once a process, and checks that they are for bars of this timeframe. What a strategy's columns then ask for is there. Throws SpecError,
 * ModelBundleError and what the object store throws.
 */
export async function loadModels(
  spec: Spec,
  strategy: Strategy,
  timeframe: string,
  objects: ObjectStore,
): Promise<readonly UsableModel[]> {
  const models: UsableModel[] = [];
  for (const id of namedModels(spec, strategy)) {
    const model = isUsable(id)
      ? usableModel(id)
      : useBundle(id, await loadBundle(id, modelBlobs(objects), availableBytes(process.env)));
    requireTimeframe(model, timeframe);
    models.push(model);
  }
  return models;
}

function namedModels({ strategy: { params, lanes } }: Spec, strategy: Strategy): ReadonlySet<string> {
  const fields = modelFields(strategy.params);
  const sets = lanes === undefined ? [params] : lanes.map((lane) => ({ ...params, ...lane }));
  return new Set(sets.flatMap((set) => fields.flatMap((field) => namesIn(set[field]))));
}

async function resolveParams(
  params: Params,
  { fields, path }: { readonly fields: readonly string[]; readonly path: string },
  idAt: ModelIdAt,
): Promise<Params> {
  const resolved = { ...params };
  for (const field of fields) {
    const value = params[field];
    if (typeof value === "string") resolved[field] = await idAt(value, `${path}.${field}`);
    else if (Array.isArray(value))
      resolved[field] = await Promise.all(
        value.map(async (one, index) => (typeof one === "string" ? idAt(one, `${path}.${field}.${index}`) : one)),
      );
  }
  return resolved;
}

function namesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function requireTimeframe({ metadata, base }: UsableModel, timeframe: string): void {
  if (base === timeframe) return;
  throw new SpecError(
    `Model "${metadata.name}" decides on bars of ${base}, the snapshot has bars of ${timeframe}. Take a snapshot of ${base}, or a model that was trained on ${timeframe}.`,
  );
}
