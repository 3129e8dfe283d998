import { requiredVariables } from "./required-variables.ts";

/** What the function "import" needs from its environment: names of resources. */
export type ImportEnv = { readonly DATA_BUCKET: string; readonly RUN_TABLE: string };

export function parseImportEnv(env: NodeJS.ProcessEnv): ImportEnv {
  return requiredVariables("import", ["DATA_BUCKET", "RUN_TABLE"], env);
}
