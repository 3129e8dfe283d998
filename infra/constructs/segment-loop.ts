import { Duration } from "aws-cdk-lib";
import {
  Choice,
  Condition,
  type INextable,
  type IStateMachine,
  type State,
  StateMachineFragment,
  Succeed,
  TaskInput,
  Timeout,
} from "aws-cdk-lib/aws-stepfunctions";
import { StepFunctionsStartExecution } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import { nameIsTaken, retryStart } from "./retries.ts";
import { executionArn, startedAt, stepTask, type TimedFunction } from "./step-task.ts";

export type SegmentLoopProps = {
  readonly plan: TimedFunction;
  readonly segment: TimedFunction;
  readonly finish: TimedFunction;
  /**
   * Hands over to a fresh execution of this machine after so many segments: an execution has at most 25,000 events, and a turn takes 7. Absent inside
   * a Distributed Map, whose children must stay short enough.
   */
  readonly continuation?: { readonly machine: IStateMachine; readonly turns: number };
};

/**
 * The states of one run: Plan → Segment ⟲ Decide → Finish → Succeed. The input is `{ runId }`, of a continued run also `{ continues, chain, link }`, of a sweep's run in-sample `{ family }`;
 * between the states go ids and the next bar only. No error is caught: a failed task ends the execution where a redrive goes on.
 */
export class SegmentLoop extends StateMachineFragment {
  readonly startState: State;
  readonly endStates: INextable[] = [];

  constructor(scope: Construct, id: string, { plan, segment, finish, continuation }: SegmentLoopProps) {
    super(scope, id);
    // The answers of a map's children come back in one payload of 256 KiB at most, and nobody reads them.
    const done = Succeed.jsonata(this, "Done", continuation === undefined ? { outputs: {} } : {});
    const segmentTask = stepTask(this, "Segment", segment, stepCall, { turn: "{% $turn + 1 %}" });
    const finishTask = stepTask(this, "Finish", finish, continuation === undefined ? itemFinishCall : stepCall);
    const next = Choice.jsonata(this, "Decide");
    if (continuation === undefined) {
      next.when(answered("segment"), segmentTask);
    } else {
      const hasTurns = Condition.jsonata(`{% $states.input.next = "segment" and $turn < ${continuation.turns} %}`);
      next.when(hasTurns, segmentTask).when(answered("segment"), goOnElsewhere(this, continuation.machine, done));
    }
    // There is no default: an answer that is none of these is a bug, and must not pass for a finished run.
    next.when(answered("finish"), finishTask).when(answered("stop"), done);
    segmentTask.next(next);
    finishTask.next(done);
    const planTask = stepTask(this, "Plan", plan, planCall, continuation === undefined ? itemPlanned : planned);
    planTask.next(next);
    this.startState = planTask;
  }
}

const planCall = `{% $merge([${[
  `{ "runId": $states.input.runId, "executionArn": ${executionArn}, "startedAt": (${startedAt}) }`,
  `$exists($states.input.continues) ? { "continues": $states.input.continues } : {}`,
].join(", ")}]) %}`;

const stepCall = { runId: "{% $runId %}", executionArn: `{% ${executionArn} %}`, startedAt: `{% ${startedAt} %}` };

/** `chain` is the name of the first execution of a continued run, `link` counts those after it. */
const planned = {
  runId: "{% $states.input.runId %}",
  turn: 0,
  chain: "{% $exists($states.input.chain) ? $states.input.chain : $states.context.Execution.Name %}",
  link: "{% $exists($states.input.link) ? $states.input.link : 0 %}",
};

/** A map's child that runs in-sample says at its end which family its lanes belong to. */
const itemFinishCall = { ...stepCall, family: "{% $family %}" };
const itemPlanned = { ...planned, family: "{% $exists($states.input.family) ? $states.input.family : null %}" };

function answered(next: "segment" | "finish" | "stop"): Condition {
  return Condition.jsonata(`{% $states.input.next = "${next}" %}`);
}

/** The name is the same at every attempt, so that a repeat starts nothing; when that execution has already ended, there is nothing left to start. */
function goOnElsewhere(scope: Construct, stateMachine: IStateMachine, done: Succeed): StepFunctionsStartExecution {
  const start = StepFunctionsStartExecution.jsonata(scope, "Continue", {
    stateMachine,
    name: '{% $chain & "-c" & $string($link + 1) %}',
    input: TaskInput.fromObject({
      runId: "{% $runId %}",
      continues: `{% ${executionArn} %}`,
      chain: "{% $chain %}",
      link: "{% $link + 1 %}",
    }),
    associateWithParent: false,
    taskTimeout: Timeout.duration(Duration.seconds(60)),
  });
  retryStart(start);
  start.addCatch(done, { errors: [nameIsTaken] });
  start.next(done);
  return start;
}
