import type { Column } from "../engine/columns.ts";

/** The bars' own opening prices. */
export const open: Column = { kind: "bars", field: "open" };

/** The bars' own highest prices. */
export const high: Column = { kind: "bars", field: "high" };

/** The bars' own lowest prices. */
export const low: Column = { kind: "bars", field: "low" };

/** The bars' own closing prices. */
export const close: Column = { kind: "bars", field: "close" };

/** The bars' own volumes. */
export const volume: Column = { kind: "bars", field: "volume" };
