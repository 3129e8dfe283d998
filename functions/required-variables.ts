/** An environment variable that a function cannot do without is not set. */
export class MissingVariableError extends Error {
  override readonly name = "MissingVariableError";
}

/** The named variables; throws MissingVariableError naming those that are missing or empty. */
export function requiredVariables<Name extends string>(
  functionName: string,
  names: readonly Name[],
  env: NodeJS.ProcessEnv,
): { readonly [name in Name]: string } {
  const missing = names.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) {
    throw new MissingVariableError(
      `Function "${functionName}" needs the environment variables ${names.join(", ")}; found no ${missing.join(", ")}. Deploy it with the stack, which sets them.`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, env[name] ?? ""])) as { [name in Name]: string };
}
