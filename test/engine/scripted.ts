import { type BarContext, defineStrategy, type Strategy, z } from "../../lib/backstitch.ts";

/** What a scripted strategy does at the close of bar 0, 1, 2, … of the run; nothing at the others. */
export type Script = { readonly [bar: number]: (bar: BarContext) => void };

export function scripted(script: Script): Strategy {
  return defineStrategy({
    name: "scripted",
    params: z.strictObject({}),
    onBar: (bar) => script[bar.barsDone]?.(bar as unknown as BarContext),
  });
}
