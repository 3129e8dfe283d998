import { type CfnElement, Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** States why a finding of cdk-nag in this construct is accepted; `finding` is the rule, with the finding in brackets where the rule reports several. */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: finding, reason });
}

/** Accepts in the whole stack that a policy names everything under this resource's ARN, such as `/objects/*`, and nothing wider. */
export function acknowledgeUnder(resource: IConstruct, suffix: string, reason: string): void {
  const stack = Stack.of(resource);
  const logicalId = stack.getLogicalId(resource.node.defaultChild as CfnElement);
  acknowledge(stack, `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>${suffix}]`, reason);
}
