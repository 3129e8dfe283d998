import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { buildApi } from "../lib/api/build-api.ts";
import { gatewayIdentify } from "../lib/api/gateway-caller.ts";
import { openCloudUploads } from "../lib/cloud/cloud-uploads.ts";
import { openEstimates } from "../lib/cloud/estimates.ts";
import { openExecutionWorkflow } from "../lib/cloud/execution-workflow.ts";
import { placeHere } from "../lib/cloud/planned-place.ts";
import { runCost } from "../lib/cloud/run-cost.ts";
import { openSweepCost } from "../lib/cloud/sweep-cost.ts";
import { openSweepExecutionWorkflow } from "../lib/cloud/sweep-execution-workflow.ts";
import { awsClients } from "../lib/stores/aws/clients.ts";
import { openAwsStores } from "../lib/stores/aws/stores.ts";
import { namedStrategies } from "../lib/strategies/load-strategy.ts";
import packageFile from "../package.json" with { type: "json" };
import { type ApiEnv, parseApiEnv } from "./api-env.ts";
import { logger, traced } from "./telemetry.ts";

const app = openApp(parseApiEnv(process.env));

/** Answers a request of the HTTP API (payload 2.0). */
export async function handler(event: LambdaEvent, context: LambdaContext) {
  logger.appendKeys({ requestId: context.awsRequestId });
  return (await app)(event, context);
}

/** A function's answer may have 6 MB; headers and escapes take some of it. API Gateway waits for 30 s. */
const limits = { bodyBytes: 2_000_000, answerBytes: 5_000_000, workMs: 18_000 };

async function openApp(env: ApiEnv) {
  const { dynamodb, s3, sfn } = await traced(awsClients());
  const { DATA_BUCKET: bucket, RUN_TABLE: table } = env;
  const { RUN_STATE_MACHINE_ARN: runs, SWEEP_STATE_MACHINE_ARN: sweeps, IMPORT_STATE_MACHINE_ARN: imports } = env;
  const stores = openAwsStores({ dynamodb, s3, table, bucket });
  const nowMs = Date.now;
  const workflow = openExecutionWorkflow({ sfn, stateMachineArn: runs, stores, nowMs });
  const place = { ...placeHere(), memoryMb: Number(env.SEGMENT_MEMORY_MB) };
  const api = buildApi({
    stores,
    workflow,
    estimates: openEstimates({ place, workers: undefined, machine: "the API", stores }),
    sweepWorkflow: openSweepExecutionWorkflow({ sfn, stateMachineArn: sweeps, stores, runs: workflow, nowMs }),
    uploads: openCloudUploads({ s3, bucket, sfn, stateMachineArn: imports, nowMs }),
    strategies: namedStrategies,
    // The state machine is of the account that the stack was deployed to.
    identify: gatewayIdentify({ accounts: [runs.split(":")[4] ?? ""], principals: principalsOf(env) }),
    limits,
    home: `table ${table}, bucket ${bucket}`,
    costOf: runCost,
    sweepCostOf: openSweepCost(stores),
    canStream: false,
    version: packageFile.version,
    onFault: (error, path) => logger.error("fault", { path, error }),
  });
  return handle(api);
}

function principalsOf({ ALLOWED_PRINCIPALS: principals }: ApiEnv): readonly string[] {
  return principals === undefined ? [] : principals.split(",");
}
