/** The flags that say where a command works; every command takes them. */
export type CloudFlags = {
  readonly cloud?: boolean;
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
};
