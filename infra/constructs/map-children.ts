import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Parameters } from "../parameters.ts";
import { acknowledge } from "./acknowledge.ts";

/** The Distributed Maps of a sweep's state machine; their children's ARNs name the map. */
export const sweepMapNames = ["InSample", "OutOfSample"] as const;
export type SweepMapName = (typeof sweepMapNames)[number];

/** Lets a construct's functions ask how children of a sweep's maps, which hold runs, stand. */
export function describeMapChildren(scope: Construct, { stackName }: Parameters): PolicyStatement[] {
  const children = sweepMapNames.map((map) => `${stackName}-sweep/${map}:*`);
  for (const name of children) {
    const executions = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${name}`;
    acknowledge(scope, `AwsSolutions-IAM5[Resource::${executions}]`, "Step Functions names a map's children.");
  }
  const resources = children.map((resourceName) =>
    Stack.of(scope).formatArn({
      service: "states",
      resource: "execution",
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  return [new PolicyStatement({ actions: ["states:DescribeExecution"], resources })];
}
