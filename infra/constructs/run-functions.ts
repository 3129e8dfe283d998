import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { FinishEnv } from "../../functions/finish-env.ts";
import type { PlanEnv } from "../../functions/plan-env.ts";
import type { SegmentEnv } from "../../functions/segment-env.ts";
import type { Parameters } from "../parameters.ts";
import { CodeFunction } from "./code-function.ts";
import { putObjects, readItems, readObjects, writeItems } from "./data-permissions.ts";
import type { TimedFunction } from "./step-task.ts";

export type RunFunctionsProps = {
  readonly bundles: string;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly parameters: Parameters;
};

/** The functions of a run's steps. */
export class RunFunctions extends Construct {
  readonly plan: TimedFunction;
  readonly segment: TimedFunction;
  readonly finish: TimedFunction;

  constructor(scope: Construct, id: string, { bundles, bucket, table, parameters }: RunFunctionsProps) {
    super(scope, id);
    const names = { DATA_BUCKET: bucket.bucketName, RUN_TABLE: table.tableName };
    const planTimeoutSeconds = 60;
    const plan = new CodeFunction(this, "Plan", {
      description: "first step of a run: takes the attempt and checks that the run can be computed",
      code: { bundles, name: "plan" },
      memory: planningMemory(parameters),
      timeoutSeconds: planTimeoutSeconds,
      reservedConcurrency: undefined,
      environment: names satisfies PlanEnv,
      permissions: [readItems(table), writeItems(table), ...readObjects(bucket, "objects")],
      parameters,
    });
    const segment = new CodeFunction(this, "Segment", {
      description: "one segment of a run: restores the head, computes, commits the next checkpoint",
      code: { bundles, name: "segment" },
      memory: parameters.memory,
      timeoutSeconds: parameters.segmentTimeoutSeconds,
      reservedConcurrency: parameters.concurrency,
      environment: names satisfies SegmentEnv,
      permissions: [
        readItems(table),
        writeItems(table),
        ...readObjects(bucket, "objects"),
        putObjects(bucket, "objects"),
      ],
      parameters,
    });
    const finish = new CodeFunction(this, "Finish", {
      description: "last step of a run: reads the facts back and stores the result",
      code: { bundles, name: "finish" },
      memory: parameters.memory,
      // It reads all facts of the run, and cannot stop half-way.
      timeoutSeconds: longestTimeoutSeconds,
      reservedConcurrency: undefined,
      environment: names satisfies FinishEnv,
      permissions: [
        readItems(table),
        writeItems(table),
        ...readObjects(bucket, "objects"),
        putObjects(bucket, "objects"),
      ],
      parameters,
    });
    this.plan = { function: plan.function, timeoutSeconds: planTimeoutSeconds };
    this.segment = { function: segment.function, timeoutSeconds: parameters.segmentTimeoutSeconds };
    this.finish = { function: finish.function, timeoutSeconds: longestTimeoutSeconds };
  }
}

/** Megabytes of a function that reads runs to check them: where models may be asked, as many as are there to compute, so that one is refused at once for which those do not suffice. */
export function planningMemory({ models, memory }: Parameters): number {
  return models ? Math.max(1024, memory) : 1024;
}

/** Lambda's own limit. */
export const longestTimeoutSeconds = 900;
