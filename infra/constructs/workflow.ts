import { RemovalPolicy } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, type IChainable, LogLevel, QueryLanguage, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { Parameters } from "../parameters.ts";
import { acknowledge } from "./acknowledge.ts";

export type WorkflowProps = {
  readonly name: string;
  readonly comment: string;
  readonly definition: IChainable;
  readonly parameters: Parameters;
};

/** A Standard state machine in JSONata whose failed executions can be redriven. It has no timeout of its own: each task has one, and a run may take days. */
export class Workflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { name, comment, definition, parameters }: WorkflowProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Log", {
      // Under this prefix, Step Functions needs no line of its own in the account's resource policy, which has room for few.
      logGroupName: `/aws/vendedlogs/states/${name}`,
      retention: parameters.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.machine = new StateMachine(this, "Machine", {
      stateMachineName: name,
      comment,
      definitionBody: DefinitionBody.fromChainable(definition),
      queryLanguage: QueryLanguage.JSONATA,
      tracingEnabled: true,
      logs: { destination: logGroup, level: LogLevel.ERROR, includeExecutionData: false },
    });
    acknowledge(
      this.machine,
      "AwsSolutions-SF1",
      "A run has up to 25,000 events, which Step Functions keeps for 90 days by itself; logging them all would cost more than the run. Errors are logged.",
    );
    acknowledge(
      this.machine,
      "AwsSolutions-IAM5[Resource::*]",
      "Delivery of vended logs and X-Ray's write actions have no resources.",
    );
  }
}
