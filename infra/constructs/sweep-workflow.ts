import { type CfnElement, Stack } from "aws-cdk-lib";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Choice, Condition, type StateMachine, Succeed } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { Parameters } from "../parameters.ts";
import { acknowledge, acknowledgeUnder } from "./acknowledge.ts";
import { type SweepMapName, sweepMapNames } from "./map-children.ts";
import type { RunFunctions } from "./run-functions.ts";
import { executionArn, startedAt, stepTask } from "./step-task.ts";
import type { SweepFunctions } from "./sweep-functions.ts";
import { itemListFolder, sweepMap } from "./sweep-map.ts";
import { Workflow } from "./workflow.ts";

export type SweepWorkflowProps = {
  readonly runs: RunFunctions;
  readonly sweeps: SweepFunctions;
  readonly bucket: Bucket;
  readonly parameters: Parameters;
};

/**
 * The state machine of a sweep: Expand → InSample → Select → OutOfSample → Select → Stitch. Select says what comes next, because chained windows follow one
 * another and an optimiser asks in rounds. The input is `{ sweepId }`; between the states go ids and the hash of a list of runs. No error is caught: a
 * task or map that failed ends the execution where a redrive goes on.
 */
export class SweepWorkflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { runs, sweeps, bucket, parameters }: SweepWorkflowProps) {
    super(scope, id);
    const mapOf = (name: SweepMapName) =>
      sweepMap(this, { name, bucket, concurrency: parameters.sweepConcurrency, loop: runs });
    const expand = stepTask(this, "Expand", sweeps.expand, callOf("$states.input.sweepId"), {
      sweepId: "{% $states.input.sweepId %}",
    });
    const select = stepTask(this, "Select", sweeps.select, selectCall);
    const stitch = stepTask(this, "Stitch", sweeps.stitch, callOf("$sweepId"));
    const done = Succeed.jsonata(this, "Done");
    // There is no default: an answer that is none of these is a bug, and must not pass for a finished sweep.
    const next = Choice.jsonata(this, "Decide")
      .when(answered("inSample"), mapOf("InSample").next(select))
      .when(answered("select"), select)
      .when(answered("outOfSample"), mapOf("OutOfSample").next(select))
      .when(answered("stitch"), stitch)
      .when(answered("stop"), done);
    expand.next(next);
    select.next(next);
    stitch.next(done);
    this.machine = new Workflow(this, "Workflow", {
      name: `${parameters.stackName}-sweep`,
      comment: "One sweep: its runs in Distributed Maps, the choice of winners, one answer",
      definition: expand,
      parameters,
    }).machine;
    acknowledgeChildren(this.machine);
    acknowledgeUnder(bucket, `/${itemListFolder}/*`, "Lists of items have no other names than their content's.");
  }
}

/** After a map it names the list of its runs. */
const selectCall = `{% $merge([{ "sweepId": $sweepId, "executionArn": ${executionArn}, "startedAt": (${startedAt}) }, $exists($states.input.items) ? { "items": $states.input.items } : {}]) %}`;

function callOf(sweepId: string): Record<string, string> {
  return { sweepId: `{% ${sweepId} %}`, executionArn: `{% ${executionArn} %}`, startedAt: `{% ${startedAt} %}` };
}

function answered(next: "inSample" | "select" | "outOfSample" | "stitch" | "stop"): Condition {
  return Condition.jsonata(`{% $states.input.next = "${next}" %}`);
}

/** What the CDK allows a machine with Distributed Maps: to watch, stop and redrive its own children. */
function acknowledgeChildren(machine: StateMachine): void {
  const logicalId = Stack.of(machine).getLogicalId(machine.node.defaultChild as CfnElement);
  const name = JSON.stringify({ "Fn::Select": [6, { "Fn::Split": [":", { Ref: logicalId }] }] });
  const executions = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${name}`;
  for (const map of ["", ...sweepMapNames.map((name) => `/${name}`)]) {
    acknowledge(
      machine,
      `AwsSolutions-IAM5[Resource::${executions}${map}:*]`,
      "Step Functions names a map's children.",
    );
  }
}
