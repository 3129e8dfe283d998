import type { TaskResource, TaskState } from "./definition.ts";
import { StateError } from "./failures.ts";
import type { Json, JsonObject } from "./json.ts";
import { invokeLambdaFunction, invokeThroughIntegration } from "./lambda-task.ts";
import { checkSize, conclude, evaluateField, evaluateNumber, type Run, type Step } from "./run.ts";
import { getObjectTask, putObjectTask } from "./s3-task.ts";
import { startExecutionSyncTask, startExecutionTask } from "./start-execution-task.ts";
import { abortAfter, untilAborted } from "./waiting.ts";

/** Does the call of a Task once, with the history events of one attempt; throws the StateError of a call that failed. */
export async function runTask(run: Run, state: TaskState): Promise<Step> {
  const parameters =
    state.arguments === undefined ? run.position.input : await evaluateField(run, state.arguments, "Arguments");
  checkSize(run, parameters);
  const timeoutSeconds =
    state.timeoutSeconds === undefined
      ? undefined
      : await evaluateNumber(run, state.timeoutSeconds, { field: "TimeoutSeconds", from: 1, to: 99_999_999 });
  const events = eventsOf(run, state.resource);
  events.scheduled(parameters, timeoutSeconds);
  const result = await resultOf(run, { resource: state.resource, parameters, timeoutSeconds, events });
  events.succeeded(result);
  const extra = { result };
  return { ...(await conclude(run, state, { otherwise: result, extra })), next: state.next };
}

type Call = {
  readonly resource: TaskResource;
  readonly parameters: Json;
  readonly timeoutSeconds: number | undefined;
  readonly events: ReturnType<typeof eventsOf>;
};

async function resultOf(run: Run, { resource, parameters, timeoutSeconds, events }: Call): Promise<Json> {
  const timedOut = new StateError("States.Timeout", undefined);
  const deadline = new AbortController();
  const callOff = timeoutSeconds === undefined ? undefined : abortAfter(deadline, timeoutSeconds, timedOut);
  const signal = AbortSignal.any([run.signal, deadline.signal]);
  try {
    // Neither a timeout nor an abort reaches a function: one that is no longer waited for runs on.
    const call = callOf({ ...run, signal }, { resource, parameters, submitted: events.submitted });
    const result = await untilAborted(call, signal);
    checkSize(run, result);
    return result;
  } catch (error) {
    if (error === timedOut) events.timedOut(timedOut);
    else if (error instanceof StateError) events.failed(error);
    throw error;
  } finally {
    callOff?.();
  }
}

function callOf(
  run: Run,
  {
    resource,
    parameters,
    submitted,
  }: { readonly resource: TaskResource; readonly parameters: Json; readonly submitted: (output: Json) => void },
): Promise<Json> {
  switch (resource.kind) {
    case "lambdaFunction":
      return invokeLambdaFunction(run.account, resource.arn, parameters);
    case "lambdaInvoke":
      return invokeThroughIntegration(run.account, parameters);
    case "startExecution":
      return startExecutionTask(run.account, parameters);
    case "startExecutionSync":
      return startExecutionSyncTask(run, parameters, submitted);
    case "s3GetObject":
      return getObjectTask(run.account, parameters);
    case "s3PutObject":
      return putObjectTask(run.account, parameters);
  }
}

/** The events of an attempt: a function's own ARN is recorded under other names than a service integration. */
function eventsOf({ account, execution, frame }: Run, resource: TaskResource) {
  const { history } = execution;
  const isFunction = resource.kind === "lambdaFunction";
  const prefix = isFunction ? "LambdaFunction" : "Task";
  const called: JsonObject = isFunction ? {} : calledAction(resource.arn);
  const add = (type: string, details: JsonObject) => history.add(frame, `${prefix}${type}`, { ...called, ...details });
  return {
    scheduled(parameters: Json, timeoutSeconds: number | undefined) {
      const timeout: JsonObject = timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds };
      const sent = JSON.stringify(parameters);
      const details = isFunction
        ? { resource: resource.arn, input: sent }
        : { region: account.place.region, parameters: sent };
      add("Scheduled", { ...details, ...timeout });
      if (isFunction) history.add(frame, "LambdaFunctionStarted");
      else add("Started", {});
    },
    submitted: (output: Json) => void add("Submitted", { output: JSON.stringify(output) }),
    succeeded: (output: Json) => void add("Succeeded", { output: JSON.stringify(output) }),
    failed: (error: StateError) => void add("Failed", errorDetails(error)),
    timedOut: (error: StateError) => void add("TimedOut", errorDetails(error)),
  };
}

/** The fields that name an error in an event; what is not known is left out. */
export function errorDetails({
  error,
  reason,
}: {
  readonly error: string | undefined;
  readonly reason: string | undefined;
}): JsonObject {
  return { ...(error === undefined ? {} : { error }), ...(reason === undefined ? {} : { cause: reason }) };
}

/** `arn:aws:states:::aws-sdk:s3:getObject` is resource type `aws-sdk:s3` and resource `getObject`. */
function calledAction(arn: string): JsonObject {
  const [service = "", ...rest] = arn.split(":::")[1]?.split(":") ?? [];
  if (service === "aws-sdk") return { resourceType: `aws-sdk:${rest[0] ?? ""}`, resource: rest.slice(1).join(":") };
  return { resourceType: service, resource: rest.join(":") };
}
