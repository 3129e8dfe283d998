import type { PriceField } from "../engine/bars.ts";
import type { Column } from "../engine/columns.ts";

// Every field of Bars can be a column; the type names only prices and volume.
const field: string = "openTimeMs";

/** The bars' open times, in UTC milliseconds. */
export const openTime: Column = { kind: "bars", field: field as PriceField };
