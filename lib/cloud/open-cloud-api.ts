import { hostname } from "node:os";
import { InputError } from "../engine/input-error.ts";
import type { ServedDeps } from "../local/api-server.ts";
import { registerStrategiesIn } from "../local/strategies-folder.ts";
import { type AwsAccess, awsClients, closeClients } from "../stores/aws/clients.ts";
import { openAwsStores } from "../stores/aws/stores.ts";
import { namedStrategies } from "../strategies/load-strategy.ts";
import { openCloudUploads } from "./cloud-uploads.ts";
import { readDeployment } from "./deployment.ts";
import { openEstimates } from "./estimates.ts";
import { openExecutionWorkflow } from "./execution-workflow.ts";
import { usualPlace } from "./planned-place.ts";
import { runCost } from "./run-cost.ts";
import { openSweepCost } from "./sweep-cost.ts";
import { openSweepExecutionWorkflow } from "./sweep-execution-workflow.ts";

/** The resources of a deployment; what is left out is what `deploy` noted. */
export type CloudResources = {
  readonly stack?: string;
  readonly table?: string;
  readonly bucket?: string;
  readonly stateMachine?: string;
  /** Without it sweeps are only read. */
  readonly sweepStateMachine?: string;
  readonly importStateMachine?: string;
};

export type CloudApiOptions = {
  readonly access: AwsAccess;
  readonly resources: CloudResources;
  /** Where `deploy` noted what it made. */
  readonly home: string;
  /** The folder that the deployment was given; its strategies are what specs may name. */
  readonly strategiesFolder: string | undefined;
  readonly version: string;
  readonly onFault: (error: unknown, path: string) => void;
};

/** Which resources are meant is not clear. */
export class CloudResourcesError extends InputError {
  override readonly name = "CloudResourcesError";
}

/** The API on this machine over the stores and the workflow of a deployment. Throws CloudResourcesError when a resource is neither given nor noted. */
export async function openCloudApi(
  options: CloudApiOptions,
): Promise<{ readonly deps: ServedDeps; close(): Promise<void> }> {
  const { access, strategiesFolder, version, onFault } = options;
  const { table, bucket, stateMachine, sweepStateMachine, importStateMachine, region, place } =
    await resourcesOf(options);
  if (strategiesFolder !== undefined) await registerStrategiesIn(strategiesFolder);
  const clients = awsClients(access.region === undefined && region !== undefined ? { ...access, region } : access);
  const stores = openAwsStores({ ...clients, table, bucket });
  const { sfn, s3 } = clients;
  const nowMs = Date.now;
  const workflow = openExecutionWorkflow({ sfn, stateMachineArn: stateMachine, stores, nowMs });
  const sweeps = sweepStateMachine === undefined ? undefined : { stateMachineArn: sweepStateMachine, runs: workflow };
  return {
    deps: {
      stores,
      workflow,
      ...(sweeps && { sweepWorkflow: openSweepExecutionWorkflow({ sfn, stores, nowMs, ...sweeps }) }),
      uploads: openCloudUploads({ s3, bucket, sfn, stateMachineArn: importStateMachine, nowMs }),
      strategies: namedStrategies,
      home: `table ${table}, bucket ${bucket}`,
      costOf: runCost,
      sweepCostOf: openSweepCost(stores),
      estimates: openEstimates({ place, workers: undefined, machine: `the server ${hostname()}`, stores }),
      version,
      onFault,
    },
    close: async () => {
      await stores.close();
      closeClients(clients);
    },
  };
}

async function resourcesOf({ access, resources, home }: CloudApiOptions) {
  const noted = await readDeployment(home);
  const note = resources.stack === undefined || resources.stack === noted?.stackName ? noted : undefined;
  const given = (flag: string, value: string | undefined, fromNote: string | undefined): string => {
    const found = value ?? fromNote;
    if (found !== undefined) return found;
    const known = noted === undefined ? "No deployment is noted here" : `Noted here is stack ${noted.stackName}`;
    throw new CloudResourcesError(
      `${flag}: expected the resource of a deployment, found none. ${known}: run backstitch deploy, or give --table, --bucket, --state-machine and --import-state-machine.`,
    );
  };
  return {
    table: given("--table", resources.table, note?.tableName),
    bucket: given("--bucket", resources.bucket, note?.bucketName),
    stateMachine: given("--state-machine", resources.stateMachine, note?.runStateMachineArn),
    sweepStateMachine: resources.sweepStateMachine ?? note?.sweepStateMachineArn,
    importStateMachine: given("--import-state-machine", resources.importStateMachine, note?.importStateMachineArn),
    region: note?.region,
    place: {
      region: access.region ?? note?.region ?? process.env.AWS_REGION ?? usualPlace.region,
      memoryMb: note?.memoryMb ?? usualPlace.memoryMb,
      architecture: note?.architecture ?? usualPlace.architecture,
    },
  };
}
