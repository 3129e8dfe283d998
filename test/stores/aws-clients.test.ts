import { expect, test } from "vitest";
import { awsClients } from "../../lib/stores/aws/clients.ts";

const place = { region: "eu-west-1" };

test("one endpoint URL serves every service", async () => {
  const { dynamodb, s3, sfn } = awsClients({ ...place, endpointUrl: "http://127.0.0.1:4566" }, {});
  expect(await hostsOf(dynamodb, s3, sfn)).toEqual(["127.0.0.1:4566", "127.0.0.1:4566", "127.0.0.1:4566"]);
});

test("a service's own endpoint in the environment comes before the one for all", async () => {
  const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ENDPOINT_URL_S3: "http://s3.localhost.localstack.cloud:2" };
  const { dynamodb, s3, sfn } = awsClients({ ...place, endpointUrl: "http://127.0.0.1:3" }, env);
  expect(await hostsOf(dynamodb, s3, sfn)).toEqual(["127.0.0.1:3", "s3.localhost.localstack.cloud:2", "127.0.0.1:3"]);
});

test("the environment's endpoint for all is used where no option says another", async () => {
  const { dynamodb, s3, sfn } = awsClients(place, { AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
  expect(await hostsOf(dynamodb, s3, sfn)).toEqual(["127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1"]);
});

test("an empty variable is none", async () => {
  const { s3 } = awsClients(place, { AWS_ENDPOINT_URL_S3: "", AWS_S3_FORCE_PATH_STYLE: "" });
  expect(s3.config.endpoint).toBeUndefined();
  expect(s3.config.forcePathStyle).toBe(false);
});

test.each([
  { access: {}, env: {}, pathStyle: false },
  { access: { endpointUrl: "http://127.0.0.1:1" }, env: {}, pathStyle: true },
  { access: {}, env: { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" }, pathStyle: true },
  { access: { endpointUrl: "http://127.0.0.1:1", forcePathStyle: false }, env: {}, pathStyle: false },
  { access: {}, env: { AWS_S3_FORCE_PATH_STYLE: "true" }, pathStyle: true },
  { access: {}, env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_S3_FORCE_PATH_STYLE: "false" }, pathStyle: false },
])("with $access and $env, path style is $pathStyle", ({ access, env, pathStyle }) => {
  expect(awsClients({ ...place, ...access }, env).s3.config.forcePathStyle).toBe(pathStyle);
});

test("every client retries adaptively, a bounded number of times", async () => {
  const { dynamodb, s3, sfn } = awsClients(place, {});
  for (const { config } of [dynamodb, s3, sfn]) {
    expect(await (typeof config.retryMode === "function" ? config.retryMode() : config.retryMode)).toBe("adaptive");
    expect(await config.maxAttempts()).toBeLessThanOrEqual(8);
  }
});

async function hostsOf(
  ...clients: readonly { config: { endpoint?: () => Promise<{ hostname: string; port?: number }> } }[]
) {
  const endpoints = await Promise.all(clients.map(({ config }) => config.endpoint?.()));
  return endpoints.map((endpoint) => endpoint && `${endpoint.hostname}:${endpoint.port}`);
}
