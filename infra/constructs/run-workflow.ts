import { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { Parameters } from "../parameters.ts";
import type { RunFunctions } from "./run-functions.ts";
import { SegmentLoop } from "./segment-loop.ts";
import { Workflow } from "./workflow.ts";

export type RunWorkflowProps = { readonly functions: RunFunctions; readonly parameters: Parameters };

/** The state machine of one run, which hands a long run over to a fresh execution of itself. */
export class RunWorkflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { functions, parameters }: RunWorkflowProps) {
    super(scope, id);
    const name = `${parameters.stackName}-run`;
    const { plan, segment, finish } = functions;
    const loop = new SegmentLoop(this, "Loop", {
      plan,
      segment,
      finish,
      alone: {
        // By name: the definition cannot refer to the machine that it defines.
        machine: StateMachine.fromStateMachineName(this, "Itself", name),
        turns: parameters.turnsPerExecution,
        askedAtOnce: parameters.inferenceConcurrency,
      },
    });
    this.machine = new Workflow(this, "Workflow", {
      name,
      comment: "One run: Plan, a segment a turn, Finish; models asked ahead where that pays",
      definition: loop,
      parameters,
    }).machine;
  }
}
