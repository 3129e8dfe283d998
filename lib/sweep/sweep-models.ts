import type { Strategy } from "../engine/strategy.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { openSnapshot } from "../market/open-snapshot.ts";
import { modelFields } from "../models/model-name.ts";
import { hashesIn, inSampleWarnings, modelsOfRun } from "../run/models-of-run.ts";
import { loadModels, type ModelIdAt, modelIds, resolveModels } from "../run/run-models.ts";
import type { Spec } from "../run/spec.ts";
import { resolveWindow } from "../run/window.ts";
import type { SweepStores } from "./open-sweep.ts";
import type { Point } from "./parameter-space.ts";
import { type AxisSpec, type ParameterValue, type SweepSpec, sweepSpecSchema } from "./sweep-spec.ts";

/** The sweep's spec with every model that it names, in its base or among the values that it tries, replaced by its id. Throws SpecError naming the field of a model that is not here. */
export async function resolveSweepModels(
  spec: SweepSpec,
  strategy: Strategy,
  objects: ObjectStore,
): Promise<SweepSpec> {
  const fields = modelFields(strategy.params);
  if (fields.length === 0) return spec;
  const idAt = modelIds(objects);
  const axes = Object.entries(spec.space).map(
    async ([name, axis]): Promise<[string, AxisSpec]> => [
      name,
      fields.includes(name) ? await resolveAxis(axis, `space.${name}`, idAt) : axis,
    ],
  );
  return {
    ...spec,
    base: await resolveModels(spec.base, strategy, objects),
    space: Object.fromEntries(await Promise.all(axes)),
    method: await resolveMethod(spec.method, fields, idAt),
  };
}

/** Loads every model that a resolved sweep may ask. Throws what `loadModels` throws. */
export async function loadSweepModels(
  spec: SweepSpec,
  strategy: Strategy,
  timeframe: string,
  objects: ObjectStore,
): Promise<void> {
  await loadModels(withTriedValues(spec), strategy, timeframe, objects);
}

/** One line for each model that the sweep asks, in any of its windows, about what it was trained on; none where the snapshot is gone. */
export async function sweepWarnings(
  { spec, snapshotId }: { readonly spec: unknown; readonly snapshotId: string },
  stores: Pick<SweepStores, "objects" | "snapshots">,
): Promise<readonly string[]> {
  const base = withTriedValues(sweepSpecSchema.parse(spec));
  if (hashesIn(base.strategy).size === 0) return [];
  const manifest = await stores.snapshots.get(snapshotId);
  if (manifest === undefined) return [];
  const bars = await resolveWindow(base.data, openSnapshot(manifest, stores.objects));
  return inSampleWarnings(await modelsOfRun({ spec: base, snapshotId, ...bars }, stores), "this sweep");
}

/** The base with lanes that hold every value that is tried, in which its models are looked for. */
function withTriedValues({ base, space, method }: SweepSpec): Spec {
  const tried = Object.entries(space).flatMap(([name, axis]) => valuesOf(axis).map((value) => ({ [name]: value })));
  const lanes = [{}, ...tried, ...(method.kind === "list" ? method.points : [])];
  return { ...base, strategy: { ...base.strategy, lanes } };
}

/** The values that an axis lists; a range holds numbers only. */
function valuesOf(axis: AxisSpec): readonly ParameterValue[] {
  if (Array.isArray(axis)) return axis;
  if (typeof axis !== "object" || axis === null) return [axis];
  return "value" in axis ? [axis.value] : [];
}

async function resolveAxis(axis: AxisSpec, path: string, idAt: ModelIdAt): Promise<AxisSpec> {
  const idOf = async (value: ParameterValue, at: string): Promise<ParameterValue> =>
    typeof value === "string" ? idAt(value, at) : value;
  if (Array.isArray(axis)) return Promise.all(axis.map((value, index) => idOf(value, `${path}.${index}`)));
  if (typeof axis !== "object" || axis === null) return idOf(axis, path);
  return "value" in axis ? { value: await idOf(axis.value, `${path}.value`) } : axis;
}

async function resolveMethod(
  method: SweepSpec["method"],
  fields: readonly string[],
  idAt: ModelIdAt,
): Promise<SweepSpec["method"]> {
  if (method.kind !== "list") return method;
  const points = method.points.map(async (point, index): Promise<Point> => {
    const entries = Object.entries(point).map(
      async ([name, value]): Promise<[string, ParameterValue]> => [
        name,
        fields.includes(name) && typeof value === "string"
          ? await idAt(value, `method.points.${index}.${name}`)
          : value,
      ],
    );
    return Object.fromEntries(await Promise.all(entries));
  });
  return { ...method, points: await Promise.all(points) };
}
