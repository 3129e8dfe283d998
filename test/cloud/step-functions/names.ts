import { ApiError } from "./failures.ts";

/** Throws InvalidName for a name of an execution or state machine that AWS refuses: 1 to 80 characters without blanks, brackets, wildcards, special and control characters. */
export function checkName(name: string): void {
  const isBad = name === "" || name.length > 80 || /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(name);
  if (isBad) throw new ApiError("InvalidName", `Invalid Name: '${name}'`);
}
