import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ann, type FrontedCloud, openFrontedCloud, stranger } from "../cloud/fronted-cloud.ts";
import { whyNoServers } from "../cloud/servers.ts";
import { json, openWorkplace, runDocument, smaSpec, sp500File } from "./backstitch.ts";

const why = whyNoServers();
if (why !== undefined) process.stderr.write(`Skipped: the command line against the bundled functions. ${why}\n`);

/** Signed requests, API Gateway's payload, the bundled functions and the synthesized state machines. */
describe.skipIf(why !== undefined)("the command line against the deployed stack", { timeout: 120_000 }, () => {
  const place = openWorkplace();
  let cloud: FrontedCloud;

  beforeAll(async () => {
    cloud = await openFrontedCloud({});
    place.write("sma.json", smaSpec());
  }, 120_000);
  afterAll(async () => {
    await cloud.stop();
    place.remove();
  });

  const asUser = (user: typeof ann, ...args: readonly string[]) =>
    place.start([...args, "--cloud", "--endpoint-url", cloud.front.url], {
      AWS_ACCESS_KEY_ID: user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
      AWS_REGION: "eu-west-1",
      AWS_EC2_METADATA_DISABLED: "true",
      BACKSTITCH_API_TOKEN: "",
    }).ended;

  test("a run has the digest that it has here, and says what it used", async () => {
    const bars = ["data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500"];
    expect(await asUser(ann, ...bars)).toMatchObject({ code: 0 });
    await place.run(...bars);
    const there = json(await asUser(ann, "run", "sma.json", "--json"), runDocument.extend({ cost: costSchema }));
    const here = json(await place.run("run", "sma.json", "--json"), runDocument);
    expect(there.resultDigest).toBe(here.resultDigest);
    expect(there.head.checkpointId).toBe(here.head.checkpointId);
    // 11 segments: 2 transitions each, and 4 more.
    expect(there.cost.usage).toMatchObject({ stateTransitions: 26, lambdaRequests: 13 });
    expect(there.cost.usage.lambdaGbSeconds).toBeGreaterThan(0);
  });

  test("another account's signature is refused with what to check", async () => {
    const { code, stderr } = await asUser(stranger, "ls");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("execute-api:Invoke") });
  });
});

const costSchema = z.object({
  dollars: z.number().nullable(),
  usage: z.object({ stateTransitions: z.number(), lambdaRequests: z.number(), lambdaGbSeconds: z.number() }),
});
