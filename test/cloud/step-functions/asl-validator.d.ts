declare module "asl-validator" {
  import type { Json } from "./json.ts";

  /** Checks a definition, and writes defaults into it. */
  function validate(
    definition: Json,
    options: { readonly checkPaths: boolean; readonly checkArn: boolean },
  ): { readonly isValid: boolean; readonly errorsText: (separator?: string) => string };
  export = validate;
}
