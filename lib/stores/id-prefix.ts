import { InputError } from "../engine/input-error.ts";

/** The start of a checkpoint's or snapshot's id is too short, too long or not hex. */
export class IdPrefixError extends InputError {
  override readonly name = "IdPrefixError";
}

/** The prefix in lower case; throws IdPrefixError unless it is 6 to 64 hex digits. */
export function parseIdPrefix(text: string): string {
  if (/^[0-9a-f]{6,64}$/i.test(text)) return text.toLowerCase();
  throw new IdPrefixError(
    `Id ${JSON.stringify(text)}: expected 6 to 64 hex digits, found ${text.length} characters. Give more of the id, as the list shows it.`,
  );
}
