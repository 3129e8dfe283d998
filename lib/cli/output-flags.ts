/** The flags that every command takes. */
export type OutputFlags = { readonly json?: boolean; readonly quiet?: boolean };
