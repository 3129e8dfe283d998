import { type Environment, type EnvironmentOptions, startEnvironment } from "./environment.ts";
import type { Answer } from "./hosted-function.ts";
import type { Delivery } from "./runtime-api.ts";

/** The environments of one function: idle ones are used again, the newest first. */
export type FunctionPool = {
  /** How many invocations are under way, also those that their caller has given up. */
  readonly busyCount: () => number;
  /** Runs an invocation in an environment of its own while it lasts. `onBegin` gets the process. */
  run(delivery: Delivery, onBegin: (environment: Environment, isCold: boolean) => void): Promise<Answer>;
  /** Kills every process that has an invocation now; how many there were. */
  killBusy(): number;
  close(): Promise<void>;
};

export function functionPool(options: EnvironmentOptions): FunctionPool {
  const idle: Environment[] = [];
  const busy = new Set<Environment>();
  const all = new Set<Environment>();
  let starting = 0;

  const take = async (): Promise<{ environment: Environment; isCold: boolean }> => {
    for (let warm = idle.pop(); warm !== undefined; warm = idle.pop()) {
      if (warm.isAlive()) return { environment: warm, isCold: false };
    }
    starting += 1;
    try {
      const environment = await startEnvironment(options);
      all.add(environment);
      return { environment, isCold: true };
    } finally {
      starting -= 1;
    }
  };

  return {
    busyCount: () => busy.size + starting,
    async run(delivery, onBegin) {
      const { environment, isCold } = await take();
      busy.add(environment);
      onBegin(environment, isCold);
      const answer = await environment.deliver(delivery);
      busy.delete(environment);
      if (environment.isAlive()) {
        idle.push(environment);
        return answer;
      }
      all.delete(environment);
      await environment.close();
      return answer;
    },
    killBusy() {
      for (const environment of busy) environment.kill();
      return busy.size;
    },
    async close() {
      await Promise.all([...all].map((environment) => environment.close()));
    },
  };
}
