import { setTimeout as sleep } from "node:timers/promises";
import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { bearerSigner } from "../../lib/cloud/request-signer.ts";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openWorkplace } from "../cli/backstitch.ts";
import { strategiesFolder } from "../cloud/end-to-end.suite.ts";
import type { EndToEndPlace } from "../cloud/end-to-end-place.ts";
import { freePort } from "../cloud/free-port.ts";
import type { EmulatorSettings, Resources } from "./emulator-settings.ts";

const token = "a-token-of-this-test";

/** `backstitch serve --cloud` in front of a deployment on an emulator; it is deployed first, by `backstitch deploy`, when none is named. */
export async function openServedCloud(settings: EmulatorSettings): Promise<EndToEndPlace> {
  const { endpointUrl, region, environment, resources } = settings;
  const workplace = openWorkplace();
  const env = { ...environment, BACKSTITCH_API_TOKEN: token };
  if (resources === undefined) await deploy(settings, workplace);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const place = ["--cloud", "--endpoint-url", endpointUrl, "--region", region];
  const api = ["--port", String(port), "--strategies", strategiesFolder];
  const serving = workplace.start(["serve", ...place, ...api, ...resourceFlags(resources)], env);
  const close = async (): Promise<void> => {
    serving.kill("SIGTERM");
    const { stderr } = await serving.ended;
    workplace.remove();
    closeClients(clients);
    if (/^\/.*\bat /ms.test(stderr)) throw new Error(`The server met faults: ${stderr}`);
  };
  const clients = awsClients({ region, endpointUrl });
  await untilHealthy(url).catch(async (error: unknown) => {
    serving.kill("SIGTERM");
    throw new Error(`backstitch serve --cloud does not answer: ${(await serving.ended).stderr}`, { cause: error });
  });
  const stateMachineArn = resources?.stateMachine;
  return {
    url,
    signer: bearerSigner(token),
    environment: { BACKSTITCH_API_URL: url, BACKSTITCH_API_TOKEN: token },
    ...(stateMachineArn !== undefined && {
      async executionsOf(runId: string) {
        const { executions = [] } = await clients.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
        return executions.map(({ name = "" }) => name).filter((name) => name.startsWith(runId));
      },
    }),
    close,
  };
}

async function deploy(
  { endpointUrl, region, stackName, environment }: EmulatorSettings,
  { start }: ReturnType<typeof openWorkplace>,
): Promise<void> {
  const place = ["--endpoint-url", endpointUrl, "--region", region, "--stack-name", stackName];
  const { code, stderr } = await start(
    ["deploy", ...place, "--strategies", strategiesFolder, "-c", "monitoring=false"],
    environment,
  ).ended;
  if (code !== 0) throw new Error(`backstitch deploy ended with ${code}: ${stderr}`);
}

function resourceFlags(resources: Resources | undefined): readonly string[] {
  if (resources === undefined) return [];
  const { table, bucket, stateMachine, sweepStateMachine, importStateMachine } = resources;
  return [
    ...["--table", table, "--bucket", bucket],
    ...["--state-machine", stateMachine, "--import-state-machine", importStateMachine],
    ...(sweepStateMachine === undefined ? [] : ["--sweep-state-machine", sweepStateMachine]),
  ];
}

/** Waits until the API answers; within 30 seconds. */
async function untilHealthy(url: string): Promise<void> {
  for (let n = 0; n < 300; n++) {
    const isThere = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await sleep(100);
  }
  throw new Error(`No answer from ${url} within 30 seconds.`);
}
