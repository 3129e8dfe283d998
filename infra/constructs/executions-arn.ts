import { ArnFormat, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** All executions of a state machine, for the policies of a construct's functions. */
export function executionsArn(scope: Construct, machineName: string): string {
  const executions = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machineName}:*`;
  acknowledge(scope, `AwsSolutions-IAM5[Resource::${executions}]`, "Executions are named when they are started.");
  return Stack.of(scope).formatArn({
    service: "states",
    resource: "execution",
    resourceName: `${machineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
