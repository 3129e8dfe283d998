import { Map as InlineMap, ProvideItems } from "aws-cdk-lib/aws-stepfunctions";
import type { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import { stepCall, stepTask, type TimedFunction } from "./step-task.ts";

/**
 * Measure → AskAhead: has the next bars of a run cut into stretches where that pays, and a model's answers to each computed by an invocation of its own. `$asked` then says where they lie,
 * and to which bar the choice holds. An inline Map, for its iterations read the execution's variables, and a redrive repeats only those that did not succeed. Each takes 7 events, as
 * many as a turn, and counts as one.
 */
export function askAhead(
  scope: Construct,
  work: TimedFunction,
  atOnce: number,
): { readonly measure: LambdaInvoke; readonly askAhead: InlineMap } {
  const measure = stepTask(scope, "Measure", work, { ...stepCall, step: "measure", atOnce });
  const answer = stepTask(scope, "Answer", work, {
    ...stepCall,
    step: "answer",
    startBar: "{% $states.input.startBar %}",
    endBar: "{% $states.input.endBar %}",
  });
  const map = InlineMap.jsonata(scope, "AskAhead", {
    items: ProvideItems.jsonata("{% $states.input.stretches %}"),
    maxConcurrency: atOnce,
    outputs: {},
    assign: {
      asked: { toBar: "{% $states.input.toBar %}", answers: "{% $states.result %}" },
      turn: "{% $turn + 2 + $count($states.input.stretches) %}",
    },
  }).itemProcessor(answer);
  measure.next(map);
  return { measure, askAhead: map };
}
