import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Answer, failedBy, type HostedFunction } from "./hosted-function.ts";
import { type Delivery, serveRuntimeApi } from "./runtime-api.ts";
import { runtimeCommand } from "./runtime-command.ts";

/** One process that runs a function, one invocation after the other. */
export type Environment = {
  readonly pid: number;
  /** False after its process has ended, or was told to. */
  isAlive(): boolean;
  /** Gives the process an invocation and returns its answer, which may be that it ended, or was killed at its deadline. */
  deliver(delivery: Delivery): Promise<Answer>;
  kill(): void;
  close(): Promise<void>;
};

export type EnvironmentOptions = {
  readonly hosted: HostedFunction;
  readonly region: string;
  readonly onOutput: (text: string) => void;
};

/** Lambda's bound on the loading of a function. */
const initMs = 10_000;

/** Starts the process of an environment, which then loads the function. */
export async function startEnvironment({ hosted, region, onOutput }: EnvironmentOptions): Promise<Environment> {
  let initFailure: Answer | undefined;
  let ended: Answer | undefined;
  let settle: (answer: Answer) => void = () => {};
  const api = await serveRuntimeApi({
    onAnswer: (answer) => settle(answer),
    onInitFailure: (failure) => {
      initFailure = failure;
    },
  });
  const child = spawnFunction(hosted, region, api.address, onOutput);
  const exited = once(child, "exit").then(([code, signal]: unknown[]) => {
    const how = signal === null ? `exit status ${code}` : `signal: ${signal === "SIGKILL" ? "killed" : signal}`;
    ended = initFailure ?? failedBy("Runtime.ExitError", `Error: Runtime exited with error: ${how}`);
    settle(ended);
  });
  const killAfter = (ms: number, answer: Answer): NodeJS.Timeout =>
    setTimeout(() => {
      settle(answer);
      child.kill("SIGKILL");
    }, ms);

  return {
    pid: child.pid ?? 0,
    isAlive: () => ended === undefined && !child.killed,
    kill: () => void child.kill("SIGKILL"),
    async deliver(delivery) {
      const answered = Promise.withResolvers<Answer>();
      settle = answered.resolve;
      const { requestId } = delivery;
      const init = killAfter(initMs, failedBy("Sandbox.Timedout", `RequestId: ${requestId} Error: Init timed out`));
      await Promise.race([api.loaded, exited]);
      clearTimeout(init);
      if (ended !== undefined) return ended;
      const timeoutMs = delivery.timeoutMs ?? hosted.timeoutSeconds * 1_000;
      const message = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`;
      const deadline = killAfter(timeoutMs, failedBy("Sandbox.Timedout", message));
      api.give(delivery, Date.now() + timeoutMs);
      const answer = await answered.promise;
      clearTimeout(deadline);
      return answer;
    },
    async close() {
      child.kill("SIGKILL");
      await exited;
      api.close();
    },
  };
}

/** Processes do not outlive a test that was broken off. */
const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

function spawnFunction(
  { name, folder, handler, env, memoryMb }: HostedFunction,
  region: string,
  runtimeApi: string,
  onOutput: (text: string) => void,
): ChildProcess {
  // What a process of Lambda has in its environment, and nothing of ours.
  const variables = {
    PATH: process.env.PATH ?? "",
    TZ: ":UTC",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    ...env,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: handler,
  };
  const heapMb = Math.floor(memoryMb * 0.9);
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, ...runtimeCommand(handler)], {
    cwd: folder,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  child.stdout.setEncoding("utf8").on("data", onOutput);
  child.stderr.setEncoding("utf8").on("data", onOutput);
  return child;
}
