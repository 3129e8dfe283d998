import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { WatchEnv } from "../../functions/watch-env.ts";
import type { Parameters } from "../parameters.ts";
import { CodeFunction } from "./code-function.ts";
import { readItems, writeItems } from "./data-permissions.ts";
import { executionsArn } from "./executions-arn.ts";
import { describeMapChildren } from "./map-children.ts";

export type RunWatchProps = {
  readonly bundles: string;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly runs: IStateMachine;
  readonly sweeps: IStateMachine;
  readonly parameters: Parameters;
};

/** Looks every five minutes at the runs and sweeps under way; nothing else would tell of one that neither goes on nor ends. */
export class RunWatch extends Construct {
  constructor(scope: Construct, id: string, { bundles, bucket, table, runs, sweeps, parameters }: RunWatchProps) {
    super(scope, id);
    const watch = new CodeFunction(this, "Watch", {
      description:
        "measures how long runs have been under way, and corrects runs and sweeps whose execution ended unnoticed",
      code: { bundles, name: "watch" },
      memory: 512,
      // Of a sweep that ended it asks how each of its runs did. A look ends before the next one begins.
      timeoutSeconds: 240,
      reservedConcurrency: undefined,
      environment: {
        DATA_BUCKET: bucket.bucketName,
        RUN_TABLE: table.tableName,
        RUN_STATE_MACHINE_ARN: runs.stateMachineArn,
        SWEEP_STATE_MACHINE_ARN: sweeps.stateMachineArn,
      } satisfies WatchEnv,
      permissions: [
        readItems(table, ["byStatus"]),
        writeItems(table),
        new PolicyStatement({
          actions: ["states:DescribeExecution"],
          resources: ["run", "sweep"].map((machine) => executionsArn(this, `${parameters.stackName}-${machine}`)),
        }),
        ...describeMapChildren(this, parameters),
      ],
      parameters,
    });
    // A look that was missed is made up for by the next one.
    watch.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) });
    new Rule(this, "Rule", {
      description: "A look at the runs under way",
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(watch.function, { event: RuleTargetInput.fromObject({}), retryAttempts: 0 })],
    });
  }
}
