import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { DataBucket } from "./constructs/data-bucket.ts";
import { ExecutionEnds } from "./constructs/execution-ends.ts";
import { HttpApi } from "./constructs/http-api.ts";
import { ImportWorkflow } from "./constructs/import-workflow.ts";
import { Monitoring } from "./constructs/monitoring.ts";
import { RunFunctions } from "./constructs/run-functions.ts";
import { RunTable } from "./constructs/run-table.ts";
import { RunWatch } from "./constructs/run-watch.ts";
import { RunWorkflow } from "./constructs/run-workflow.ts";
import { SweepFunctions } from "./constructs/sweep-functions.ts";
import { SweepWorkflow } from "./constructs/sweep-workflow.ts";
import type { Parameters } from "./parameters.ts";

export type BackstitchStackProps = StackProps & {
  readonly parameters: Parameters;
  /** Folder with a folder for each bundled function. */
  readonly bundles: string;
};

/** Everything that Backstitch needs on AWS. The bucket and the table stay when the stack is removed. */
export class BackstitchStack extends Stack {
  constructor(scope: Construct, id: string, { parameters, bundles, ...props }: BackstitchStackProps) {
    super(scope, id, props);
    const { bucket } = new DataBucket(this, "Data");
    const { table } = new RunTable(this, "Runs");
    const functions = new RunFunctions(this, "Steps", { bundles, bucket, table, parameters });
    const runs = new RunWorkflow(this, "Run", { functions, parameters });
    const sweepSteps = new SweepFunctions(this, "SweepSteps", { bundles, bucket, table, parameters });
    const sweeps = new SweepWorkflow(this, "Sweep", { runs: functions, sweeps: sweepSteps, bucket, parameters });
    const imports = new ImportWorkflow(this, "Imports", { bundles, bucket, table, parameters });
    const ends = new ExecutionEnds(this, "Ends", {
      runs: runs.machine,
      sweeps: sweeps.machine,
      bundles,
      bucket,
      table,
      parameters,
    });
    new RunWatch(this, "Watch", { bundles, bucket, table, runs: runs.machine, sweeps: sweeps.machine, parameters });
    const api = parameters.apiInStack
      ? new HttpApi(this, "Api", {
          bundles,
          bucket,
          table,
          runs: runs.machine,
          sweeps: sweeps.machine,
          imports: imports.machine,
          parameters,
        })
      : undefined;
    if (parameters.monitoring)
      new Monitoring(this, "Monitoring", { functions, runs, sweeps, imports, ends, api, parameters });

    if (api !== undefined) new CfnOutput(this, "ApiUrl", { value: api.url });
    new CfnOutput(this, "RunStateMachineArn", { value: runs.machine.stateMachineArn });
    new CfnOutput(this, "SweepStateMachineArn", { value: sweeps.machine.stateMachineArn });
    new CfnOutput(this, "ImportStateMachineArn", { value: imports.machine.stateMachineArn });
    new CfnOutput(this, "BucketName", { value: bucket.bucketName });
    new CfnOutput(this, "TableName", { value: table.tableName });
  }
}
