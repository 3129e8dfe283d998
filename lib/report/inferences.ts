import { z } from "zod";
import type { JsonValue } from "../engine/json.ts";
import { countText } from "./figures.ts";

/** What the strategy "model" reports of its inferences. */
const inferences = z.object({
  asked: z.int(),
  faults: z.int(),
  first: z.array(z.object({ bar: z.int(), message: z.string() })),
});

/** "12,000, 2 of which failed; the first at bar 7: …" of a lane's report; undefined where it reports no inferences. */
export function inferencesText(report: { readonly [name: string]: JsonValue } | undefined): string | undefined {
  const parsed = inferences.safeParse(report);
  if (!parsed.success) return undefined;
  const { asked, faults, first } = parsed.data;
  if (faults === 0) return `${countText(asked)}, none failed`;
  const listed = first.slice(0, 3).map(({ bar, message }) => `bar ${countText(bar)}: ${message}`);
  return `${countText(asked)}, ${countText(faults)} of which FAILED (held there); ${listed.join("; ")}${faults > listed.length ? "; …" : ""}`;
}
