/** A value that survives JSON unchanged: no undefined, and numbers are finite and not -0 unless tagged (see `canonicalJson`). */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
