import { ApiRefusedError } from "../../cloud/api-problem.ts";
import type { Remote } from "../../cloud/remote.ts";
import { InputError } from "../../engine/input-error.ts";
import type { Change } from "../../run/set-fields.ts";
import type { Spec } from "../../run/spec.ts";
import { loadStrategyFile } from "../../strategies/load-strategy.ts";
import type { SweepSpec } from "../../sweep/sweep-spec.ts";

/** A strategy file that is not what was deployed under its name. */
export class StrategyNotDeployedError extends InputError {
  override readonly name = "StrategyNotDeployedError";
}

/** The spec as the API takes it: a strategy file by the name of its strategy, once its code is known to be what was deployed. Throws StrategyNotDeployedError. */
export async function cloudSpec(spec: Spec, strategies: Remote["strategies"]): Promise<Spec> {
  const { file, name: _name, ...strategy } = spec.strategy;
  if (file === undefined) return spec;
  return { ...spec, strategy: { ...strategy, name: await deployedName(file, strategies) } };
}

/** The same for the base of a sweep. */
export async function cloudSweepSpec(spec: SweepSpec, strategies: Remote["strategies"]): Promise<SweepSpec> {
  return { ...spec, base: await cloudSpec(spec.base, strategies) };
}

/** The same for changes of a spec that the API has. */
export async function cloudChanges(
  changes: readonly Change[],
  strategies: Remote["strategies"],
): Promise<readonly Change[]> {
  const translated: Change[] = [];
  for (const change of changes) {
    const isFile = change.path.join(".") === "strategy.file" && typeof change.value === "string";
    if (isFile)
      translated.push({ path: ["strategy", "name"], value: await deployedName(String(change.value), strategies) });
    else translated.push(change);
  }
  return translated;
}

async function deployedName(file: string, strategies: Remote["strategies"]): Promise<string> {
  const { strategy, digest } = await loadStrategyFile(file);
  const { name } = strategy;
  const deployed = await strategies.get(name).catch((error: unknown) => {
    if (error instanceof ApiRefusedError && error.status === 404) return undefined;
    throw error;
  });
  if (deployed?.digest === digest) return name;
  const found =
    deployed === undefined
      ? `no strategy "${name}" is deployed`
      : `strategy "${name}" is deployed with digest ${deployed.digest}`;
  throw new StrategyNotDeployedError(
    `Strategy file ${file} has digest ${digest}, but ${found}. Deploy the folder it lies in: backstitch deploy --strategies FOLDER`,
  );
}
