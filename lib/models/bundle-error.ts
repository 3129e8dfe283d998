import { InputError } from "../engine/input-error.ts";

/** A model bundle that cannot be used as it is; the message names the bundle, every fault, and what to do. */
export class ModelBundleError extends InputError {
  override readonly name = "ModelBundleError";

  constructor(bundle: string, faults: readonly string[]) {
    super(`Model bundle ${bundle} is refused:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}
