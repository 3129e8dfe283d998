import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { describe } from "vitest";
import { describeEndToEnd, strategiesFolder } from "./end-to-end.suite.ts";
import type { EndToEndPlace } from "./end-to-end-place.ts";
import { ann, openFrontedCloud } from "./fronted-cloud.ts";
import { region } from "./local-cloud.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);
const turnsPerExecution = 20;

describe.skipIf(why !== undefined)("on the local servers", () => {
  describeEndToEnd("a user's work through the API", openPlace, { redeploys: true, turnsPerExecution });
});

async function openPlace(): Promise<EndToEndPlace> {
  const cloud = await openFrontedCloud({
    strategiesFolder,
    flags: { turnsPerExecution: String(turnsPerExecution) },
  });
  return {
    url: cloud.front.url,
    signer: cloud.signer(),
    environment: {
      BACKSTITCH_API_URL: cloud.front.url,
      BACKSTITCH_API_TOKEN: "",
      AWS_ACCESS_KEY_ID: ann.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ann.secretAccessKey,
      AWS_REGION: region,
    },
    async executionsOf(runId) {
      const { sfn, runStateMachineArn: stateMachineArn } = cloud.stack;
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      return executions.map(({ name = "" }) => name).filter((name) => name.startsWith(runId));
    },
    redeploy: cloud.redeploy,
    close: cloud.stop,
  };
}
