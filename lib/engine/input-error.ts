/** A person's mistake: the command ends with exit code 2 and this message, never with a stack trace. */
export class InputError extends Error {
  override readonly name: string = "InputError";
}
