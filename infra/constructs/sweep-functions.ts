import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { ExpandEnv } from "../../functions/expand-env.ts";
import type { SelectEnv } from "../../functions/select-env.ts";
import type { StitchEnv } from "../../functions/stitch-env.ts";
import type { Parameters } from "../parameters.ts";
import { CodeFunction, type CodeFunctionProps } from "./code-function.ts";
import { putObjects, readItems, readObjects, writeItems } from "./data-permissions.ts";
import { longestTimeoutSeconds } from "./run-functions.ts";
import type { TimedFunction } from "./step-task.ts";

export type SweepFunctionsProps = {
  readonly bundles: string;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly parameters: Parameters;
};

/** The functions of a sweep's own steps; its runs have those of every run. */
export class SweepFunctions extends Construct {
  readonly expand: TimedFunction;
  readonly select: TimedFunction;
  readonly stitch: TimedFunction;

  constructor(scope: Construct, id: string, { bundles, bucket, table, parameters }: SweepFunctionsProps) {
    super(scope, id);
    const names = { DATA_BUCKET: bucket.bucketName, RUN_TABLE: table.tableName };
    const step = (
      functionId: string,
      own: Pick<CodeFunctionProps, "description" | "environment"> & { readonly name: string },
    ): TimedFunction => {
      const { function: lambdaFunction } = new CodeFunction(this, functionId, {
        description: own.description,
        code: { bundles, name: own.name },
        // They read what thousands of runs came to, and cannot stop half-way.
        memory: Math.max(parameters.memory, 3008),
        timeoutSeconds: longestTimeoutSeconds,
        reservedConcurrency: undefined,
        environment: own.environment,
        permissions: [
          readItems(table),
          writeItems(table),
          ...readObjects(bucket, "objects"),
          putObjects(bucket, "objects"),
        ],
        parameters,
      });
      return { function: lambdaFunction, timeoutSeconds: longestTimeoutSeconds };
    };
    this.expand = step("Expand", {
      name: "expand",
      description: "first step of a sweep: plans its runs, leaving out what is known",
      environment: names satisfies ExpandEnv,
    });
    this.select = step("Select", {
      name: "select",
      description: "a step of a sweep between its runs: chooses winners, and says what comes next",
      environment: names satisfies SelectEnv,
    });
    this.stitch = step("Stitch", {
      name: "stitch",
      description: "last step of a sweep: joins what its runs came to into one answer",
      environment: names satisfies StitchEnv,
    });
  }
}
