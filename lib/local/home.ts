import { resolve } from "node:path";

/** Where all local state lies: BACKSTITCH_HOME, or `.backstitch` in the current folder. */
export function homeFolder(): string {
  const { BACKSTITCH_HOME } = process.env;
  return resolve(BACKSTITCH_HOME === undefined || BACKSTITCH_HOME === "" ? ".backstitch" : BACKSTITCH_HOME);
}
