import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Parameters } from "../parameters.ts";
import { acknowledge } from "./acknowledge.ts";

/** The Distributed Maps of a sweep's state machine; their children's ARNs name the map. */
export const sweepMapNames = ["InSample", "OutOfSample"] as const;
export type SweepMapName = (typeof sweepMapNames)[number];

/** Lets a construct's functions ask how many children of a sweep's map in-sample are done. */
export function describeMapRuns(scope: Construct, { stackName }: Parameters): PolicyStatement[] {
  const arnOf = (resource: string, resourceName: string): string =>
    Stack.of(scope).formatArn({ service: "states", resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const map = `${stackName}-sweep/InSample:*`;
  const mapRuns = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:mapRun:${map}`;
  acknowledge(scope, `AwsSolutions-IAM5[Resource::${mapRuns}]`, "Step Functions names the runs of a map.");
  return [
    new PolicyStatement({ actions: ["states:ListMapRuns"], resources: [arnOf("execution", `${stackName}-sweep:*`)] }),
    new PolicyStatement({ actions: ["states:DescribeMapRun"], resources: [arnOf("mapRun", map)] }),
  ];
}

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
