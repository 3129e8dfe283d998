/** The function that computed a segment, as it is billed. */
export type FunctionHost = {
  readonly memoryMb: number;
  readonly architecture: "x86_64" | "arm64";
  readonly region: string;
};

/** The Lambda function that this process is, by its environment; undefined on another machine. */
export function functionHost(env: NodeJS.ProcessEnv, arch: string): FunctionHost | undefined {
  const { AWS_LAMBDA_FUNCTION_MEMORY_SIZE, AWS_REGION: region } = env;
  const memoryMb = Number(AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  if (AWS_LAMBDA_FUNCTION_MEMORY_SIZE === undefined || region === undefined || !(memoryMb > 0)) return undefined;
  return { memoryMb, architecture: arch === "arm64" ? "arm64" : "x86_64", region };
}
