import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { type StateMachine, Succeed, TaskInput, Timeout } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Construct } from "constructs";
import type { ImportEnv } from "../../functions/import-env.ts";
import type { Parameters } from "../parameters.ts";
import { CodeFunction } from "./code-function.ts";
import { putObjects, readItems, readObjects, removeManyItems, removeObjects, writeItems } from "./data-permissions.ts";
import { retryFunction } from "./retries.ts";
import { longestTimeoutSeconds } from "./run-functions.ts";
import { Workflow } from "./workflow.ts";

export type ImportWorkflowProps = {
  readonly bundles: string;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly parameters: Parameters;
};

/** Turns uploaded files into a snapshot or a model: one task, so that an import is retried, watched and redriven like a run. */
export class ImportWorkflow extends Construct {
  readonly function: CodeFunction;
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { bundles, bucket, table, parameters }: ImportWorkflowProps) {
    super(scope, id);
    this.function = new CodeFunction(this, "Import", {
      description: "imports uploaded bars into a snapshot, or an uploaded bundle as a model",
      code: { bundles, name: "import" },
      memory: Math.max(parameters.memory, 3008),
      timeoutSeconds: longestTimeoutSeconds,
      // The uploaded files are copied there, and what they unpack to.
      temporaryMegabytes: 10_240,
      reservedConcurrency: undefined,
      environment: { DATA_BUCKET: bucket.bucketName, RUN_TABLE: table.tableName } satisfies ImportEnv,
      permissions: [
        readItems(table, ["byList", "byId"]),
        writeItems(table),
        removeManyItems(table),
        ...readObjects(bucket, "objects"),
        ...readObjects(bucket, "uploads"),
        putObjects(bucket, "objects"),
        putObjects(bucket, "uploads"),
        removeObjects(bucket, "uploads"),
      ],
      parameters,
    });
    const task = LambdaInvoke.jsonata(this, "Import uploaded files", {
      lambdaFunction: this.function.function,
      payload: TaskInput.fromText("{% $states.input %}"),
      taskTimeout: Timeout.duration(Duration.seconds(longestTimeoutSeconds + 60)),
      retryOnServiceExceptions: false,
      outputs: "{% $states.result.Payload %}",
    });
    retryFunction(task);
    const workflow = new Workflow(this, "Workflow", {
      name: `${parameters.stackName}-import`,
      comment: "Imports uploaded files into a snapshot or a model",
      definition: task.next(Succeed.jsonata(this, "Imported")),
      parameters,
    });
    this.machine = workflow.machine;
  }
}
