import { SpecError } from "../run/parse-spec.ts";

/** A sweep that cannot be done as asked: the message names the field, what was expected and what was found. */
export class SweepSpecError extends SpecError {
  override readonly name = "SweepSpecError";
}
