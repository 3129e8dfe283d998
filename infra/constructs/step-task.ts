import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { TaskInput, Timeout } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";
import { retryFunction } from "./retries.ts";

export type TimedFunction = { readonly function: IFunction; readonly timeoutSeconds: number };

/** Which execution calls a step. */
export const executionArn = "$states.context.Execution.Id";

/** When it was started or, if it was redriven, redriven last: tells a redrive from a late delivery. */
export const startedAt =
  "$exists($states.context.Execution.RedriveTime) ? $states.context.Execution.RedriveTime : $states.context.Execution.StartTime";

/** What every step of a run is told, once the first one has noted which run it is. */
export const stepCall = {
  runId: "{% $runId %}",
  executionArn: `{% ${executionArn} %}`,
  startedAt: `{% ${startedAt} %}`,
};

/** A task that calls the function of a step with this payload and answers what it answers. */
export function stepTask(
  scope: Construct,
  id: string,
  { function: lambdaFunction, timeoutSeconds }: TimedFunction,
  payload: string | Record<string, string | number>,
  assign: Record<string, unknown> = {},
): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, id, {
    lambdaFunction,
    payload: typeof payload === "string" ? TaskInput.fromText(payload) : TaskInput.fromObject(payload),
    // Lambda ends the invocation first: a task that gave up before would leave a zombie beside its retry.
    taskTimeout: Timeout.duration(Duration.seconds(timeoutSeconds + 60)),
    retryOnServiceExceptions: false,
    outputs: "{% $states.result.Payload %}",
    ...(Object.keys(assign).length > 0 && { assign }),
  });
  retryFunction(task);
  return task;
}
