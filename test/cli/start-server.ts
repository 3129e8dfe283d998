import { setTimeout } from "node:timers/promises";
import { freePort } from "../cloud/free-port.ts";
import type { Workplace } from "./backstitch.ts";

export type ServingWorkplace = {
  /** Where `--cloud` then means this server. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
};

/** `backstitch serve` in this workplace, once it answers; within 20 seconds. */
export async function startServer(place: Workplace, ...flags: readonly string[]): Promise<ServingWorkplace> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    BACKSTITCH_API_URL: url,
    BACKSTITCH_API_TOKEN: "a-token-for-the-test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const serving = place.start(["serve", "--port", String(port), ...flags], env);
  const stop = async () => {
    serving.kill("SIGTERM");
    await serving.ended;
  };
  for (let n = 0; n < 200; n++) {
    const isThere = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return { env, stop };
    await setTimeout(100);
  }
  await stop();
  throw new Error(`no answer from ${url}: ${(await serving.ended).stderr}`);
}
