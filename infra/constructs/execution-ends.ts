import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { StatusEnv } from "../../functions/status-env.ts";
import type { Parameters } from "../parameters.ts";
import { acknowledge } from "./acknowledge.ts";
import { CodeFunction } from "./code-function.ts";
import { readItems, writeItems } from "./data-permissions.ts";
import { describeMapChildren } from "./map-children.ts";

export type ExecutionEndsProps = {
  readonly runs: IStateMachine;
  readonly sweeps: IStateMachine;
  readonly bundles: string;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly parameters: Parameters;
};

/** Writes the end of an execution that did not finish its run or sweep to its record. What could not be written waits in a queue for 14 days. */
export class ExecutionEnds extends Construct {
  readonly undelivered: Queue;
  readonly status: CodeFunction;

  constructor(scope: Construct, id: string, { runs, sweeps, bundles, bucket, table, parameters }: ExecutionEndsProps) {
    super(scope, id);
    this.undelivered = new Queue(this, "Undelivered", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.undelivered, "AwsSolutions-SQS3", "It is the queue of what could not be delivered.");
    this.status = new CodeFunction(this, "Status", {
      description: "records that an execution failed, timed out or was aborted",
      code: { bundles, name: "status" },
      memory: 512,
      // After a sweep it asks how each of its runs ended, of which there are as many as may be under way at once.
      timeoutSeconds: 300,
      reservedConcurrency: undefined,
      environment: { DATA_BUCKET: bucket.bucketName, RUN_TABLE: table.tableName } satisfies StatusEnv,
      permissions: [readItems(table, ["byStatus"]), writeItems(table), ...describeMapChildren(this, parameters)],
      parameters,
    });
    // EventBridge hands the event to Lambda's own queue: what the function then fails to do is Lambda's to retry.
    this.status.function.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.undelivered),
    });
    new Rule(this, "Rule", {
      description: "Executions of runs and sweeps that failed, timed out or were aborted",
      eventPattern: {
        source: ["aws.states"],
        detailType: ["Step Functions Execution Status Change"],
        detail: {
          stateMachineArn: [runs.stateMachineArn, sweeps.stateMachineArn],
          status: ["FAILED", "TIMED_OUT", "ABORTED"],
        },
      },
      targets: [
        new LambdaFunction(this.status.function, {
          deadLetterQueue: this.undelivered,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }
}
