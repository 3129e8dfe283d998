import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { json, openWorkplace, smaSpec, sp500File } from "./backstitch.ts";
import { startServer } from "./start-server.ts";

const place = openWorkplace();
/** Has no snapshot of its own. */
const client = openWorkplace();
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  for (const { write } of [place, client]) write("sma.json", smaSpec());
  server = await startServer(place);
});
afterAll(async () => {
  await server.stop();
  for (const { remove } of [place, client]) remove();
});

const plan = z.object({
  segments: z.number(),
  segmentBars: z.number(),
  seconds: z.number().positive(),
  memoryMb: z.number(),
  data: z.object({ bars: z.number() }),
  usage: z.object({ stateTransitions: z.number(), lambdaRequests: z.number(), lambdaGbSeconds: z.number().positive() }),
  dollars: z.object({ total: z.number().positive(), lambda: z.number().positive() }),
  sample: z.object({
    measuredOn: z.string(),
    bars: z.number(),
    barsPerSecond: z.number().positive(),
    stateBytes: z.number().positive(),
  }),
  prices: z.object({ region: z.string(), date: z.string(), sources: z.array(z.string()) }),
  alreadyComputedAs: z.string().nullable(),
});

test("plan tells segments, seconds, requests and dollars, from a measured sample and dated prices", async () => {
  const document = json(await place.run("plan", "sma.json", "--json"), plan);
  // 5,105 bars by 500: 11 segments; 2 transitions each and 4 more; 11 invocations and 2 more.
  expect(document).toMatchObject({
    segments: 11,
    segmentBars: 500,
    data: { bars: 5105 },
    usage: { stateTransitions: 26, lambdaRequests: 13 },
    sample: { bars: 5105 },
    prices: { region: "us-east-1", date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    alreadyComputedAs: null,
  });
});

test("fewer bars a segment are more segments, and leave no run behind", async () => {
  const { stdout } = await place.run("plan", "sma.json", "--segment-bars", "100");
  expect(stdout).toContain("Segments  52 of up to 100 bars");
  expect((await place.run("ls")).stdout).toMatch(/^No runs in /);
});

test("more memory than a processor's is billed and not faster", async () => {
  const [one, two] = [
    json(await place.run("plan", "sma.json", "--memory", "1769", "--json"), plan),
    json(await place.run("plan", "sma.json", "--memory", "3538", "--json"), plan),
  ];
  expect(two.usage.lambdaGbSeconds).toBeGreaterThan(one.usage.lambdaGbSeconds * 1.5);
});

test("a region without prices is refused with those that have them", async () => {
  const { code, stderr } = await place.run("plan", "sma.json", "--region", "eu-west-1");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^UnknownRegionPricesError: --region eu-west-1: .*us-east-1/),
  });
});

test("with --cloud the API plans over its own snapshot, and says where it measured", async () => {
  const { ended } = client.start(["plan", "sma.json", "--memory", "3538", "--cloud", "--json"], server.env);
  expect(json(await ended, plan)).toMatchObject({
    segments: 11,
    memoryMb: 3_538,
    data: { bars: 5105 },
    sample: { measuredOn: expect.stringMatching(/^the server /) },
  });
  const { stdout } = await client.start(["plan", "sma.json", "--cloud"], server.env).ended;
  expect(stdout).toMatch(/Measured .* on the server .*\n.*\n.*1,769 MB \(x86_64\)/);
});
