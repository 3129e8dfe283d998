import { InputError } from "../engine/input-error.ts";

/** Bars, or an option about them, that cannot be taken as they are; the message names file, line or flag and the way out. */
export class BarsInputError extends InputError {
  override readonly name = "BarsInputError";
}
