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
import type { StepAnswer } from "../../lib/run/step-report.ts";
import { askAhead } from "./ask-ahead.ts";
import { nameIsTaken, retryStart } from "./retries.ts";
import { executionArn, startedAt, stepCall, stepTask, type TimedFunction } from "./step-task.ts";

export type SegmentLoopProps = {
  readonly plan: TimedFunction;
  readonly segment: TimedFunction;
  readonly finish: TimedFunction;
  /**
   * Of a machine of its own: it hands over to a fresh execution of itself after so many segments, for an execution has at most 25,000 events, and a turn takes 7; and it has models asked ahead,
   * so many stretches of bars at once. Absent inside a Distributed Map, whose children must stay short enough, and go on side by side anyway.
   */
  readonly alone?: { readonly machine: IStateMachine; readonly turns: number; readonly askedAtOnce: number };
};

/**
 * The states of one run: Plan → Segment ⟲ Decide → Finish → Succeed, and where models are asked ahead Decide → Measure → AskAhead → Segment. The input is `{ runId }`, of a continued run also
 * `{ continues, chain, link, asked }`, of a sweep's run in-sample `{ family }`; between the states go ids and numbers of bars only. No error is caught: a failed task ends the execution where a redrive goes on.
 */
export class SegmentLoop extends StateMachineFragment {
  readonly startState: State;
  readonly endStates: INextable[] = [];

  constructor(scope: Construct, id: string, { plan, segment, finish, alone }: SegmentLoopProps) {
    super(scope, id);
    // The answers of a map's children come back in one payload of 256 KiB at most, and nobody reads them.
    const done = Succeed.jsonata(this, "Done", alone === undefined ? { outputs: {} } : {});
    const segmentTask = stepTask(this, "Segment", segment, alone === undefined ? stepCall : askedCall, {
      turn: "{% $turn + 1 %}",
    });
    const finishTask = stepTask(this, "Finish", finish, alone === undefined ? itemFinishCall : stepCall);
    const next = Choice.jsonata(this, "Decide");
    if (alone === undefined) {
      next.when(answered("segment"), segmentTask);
    } else {
      const { measure, askAhead: map } = askAhead(this, segment, alone.askedAtOnce);
      map.next(segmentTask);
      next
        .when(answeredInTime("segment", alone.turns), segmentTask)
        .when(answeredInTime("ask", alone.turns), measure)
        .when(answered("segment", "ask"), goOnElsewhere(this, alone.machine, done));
    }
    // There is no default: an answer that is none of these is a bug, and must not pass for a finished run.
    next.when(answered("finish"), finishTask).when(answered("stop"), done);
    segmentTask.next(next);
    finishTask.next(done);
    const planTask = stepTask(
      this,
      "Plan",
      plan,
      planCall(alone === undefined ? [continues] : [continues, asked]),
      alone === undefined ? itemPlanned : alonePlanned,
    );
    planTask.next(next);
    this.startState = planTask;
  }
}

const continues = `$exists($states.input.continues) ? { "continues": $states.input.continues } : {}`;
/** A continued run goes on with what its models were asked before; of another one nothing is decided yet. */
const asked = `{ "asked": $exists($states.input.asked) ? $states.input.asked : { "toBar": 0, "answers": [] } }`;

function planCall(more: readonly string[]): string {
  const call = `{ "runId": $states.input.runId, "executionArn": ${executionArn}, "startedAt": (${startedAt}) }`;
  return `{% $merge([${[call, ...more].join(", ")}]) %}`;
}

/** `chain` is the name of the first execution of a continued run, `link` counts those after it. */
const planned = {
  runId: "{% $states.input.runId %}",
  turn: 0,
  chain: "{% $exists($states.input.chain) ? $states.input.chain : $states.context.Execution.Name %}",
  link: "{% $exists($states.input.link) ? $states.input.link : 0 %}",
};

const alonePlanned = { ...planned, asked: "{% $states.result.Payload.asked %}" };
const askedCall = { ...stepCall, asked: "{% $asked %}" };

/** A map's child that runs in-sample says at its end which family its lanes belong to. */
const itemFinishCall = { ...stepCall, family: "{% $family %}" };
const itemPlanned = { ...planned, family: "{% $exists($states.input.family) ? $states.input.family : null %}" };

function answered(...nexts: readonly Next[]): Condition {
  return Condition.jsonata(`{% ${isOneOf(nexts)} %}`);
}

function answeredInTime(next: Next, turns: number): Condition {
  return Condition.jsonata(`{% ${isOneOf([next])} and $turn < ${turns} %}`);
}

type Next = StepAnswer["next"];

function isOneOf(nexts: readonly Next[]): string {
  return nexts.length === 1 ? `$states.input.next = "${nexts[0]}"` : `$states.input.next in ${JSON.stringify(nexts)}`;
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
      asked: "{% $asked %}",
    }),
    associateWithParent: false,
    taskTimeout: Timeout.duration(Duration.seconds(60)),
  });
  retryStart(start);
  start.addCatch(done, { errors: [nameIsTaken] });
  start.next(done);
  return start;
}
