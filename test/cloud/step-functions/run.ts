import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import { type Bindings, evaluate } from "./expression.ts";
import { StateError } from "./failures.ts";
import { type Frame, type Position, visibleVariables } from "./frame.ts";
import { type Json, type JsonObject, sizeBytes } from "./json.ts";

/** A state while it is executed: whose it is, where it stands, and what tells it to stop. */
export type Run = {
  readonly account: Account;
  readonly execution: Execution;
  readonly frame: Frame;
  readonly position: Position;
  readonly signal: AbortSignal;
};

/** What a state came to: its output, what it assigned, and where to go; no `next` is the end of the scope. */
export type Step = {
  readonly output: Json;
  readonly assigned?: JsonObject | undefined;
  readonly next?: string | undefined;
};

/** What `$states` shows besides the input and the context. */
export type Extra = {
  readonly result?: Json;
  readonly errorOutput?: Json;
  readonly mapItem?: { readonly Index: number; readonly Value: Json };
};

const maxPayloadBytes = 262_144;

/** Evaluates a template of the state; a fault is recorded as EvaluationFailed and thrown as AWS words it. */
export async function evaluateField(run: Run, template: Json, field: string, extra: Extra = {}): Promise<Json> {
  try {
    return await evaluate(template, field, bindingsOf(run, extra));
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw evaluationFailed(run, field, error);
  }
}

/** Evaluates a field that has to be a whole number in a range. */
export async function evaluateNumber(
  run: Run,
  template: Json,
  { field, from, to }: { readonly field: string; readonly from: number; readonly to: number },
): Promise<number> {
  const value = await evaluateField(run, template, field);
  if (typeof value === "number" && Number.isInteger(value) && value >= from && value <= to) return value;
  throw fieldError(run, field, `has to be a whole number from ${from} to ${to}, found ${JSON.stringify(value)}`);
}

/** Evaluates Assign and Output; without an Output the output is `otherwise`. All of them see the variables as they were. */
export async function conclude(
  run: Run,
  templates: { readonly assign?: Json | undefined; readonly output?: Json | undefined },
  { otherwise, extra = {}, field = "" }: { readonly otherwise: Json; readonly extra?: Extra; readonly field?: string },
): Promise<{ readonly output: Json; readonly assigned: JsonObject | undefined }> {
  const { assign, output } = templates;
  const assigned = assign === undefined ? undefined : await evaluateField(run, assign, `${field}Assign`, extra);
  const result = output === undefined ? otherwise : await evaluateField(run, output, `${field}Output`, extra);
  checkSize(run, result);
  for (const value of Object.values(assigned ?? {})) checkSize(run, value);
  return { output: result, assigned: assigned as JsonObject | undefined };
}

/** The error of a field whose value is not what the state needs. */
export function fieldError(run: Run, field: string, problem: string): StateError {
  const reason = `The value of the field '${field}' ${problem}.`;
  return evaluationFailed(run, field, new StateError("States.QueryEvaluationError", reason));
}

/** Throws States.DataLimitExceeded for a payload of more than 256 KiB. */
export function checkSize(run: Run, value: Json): void {
  if (sizeBytes(value) <= maxPayloadBytes) return;
  throw new StateError(
    "States.DataLimitExceeded",
    `The state/task '${run.position.state.name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

function evaluationFailed(run: Run, field: string, { error, reason }: StateError): StateError {
  const { name } = run.position.state;
  const cause = `An error occurred while executing the state '${name}' (entered at the event id #${run.position.enteredEventId}). ${reason ?? ""}`;
  run.execution.history.add(run.frame, "EvaluationFailed", {
    error: error ?? "",
    cause,
    location: field,
    state: name,
  });
  return new StateError(error, cause);
}

function bindingsOf(run: Run, { mapItem, ...shown }: Extra): Bindings {
  const { execution, frame, position } = run;
  const item = mapItem ?? innermostMapItem(frame);
  const context = {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      RoleArn: execution.roleArn,
      StartTime: new Date(execution.startDateMs).toISOString(),
      RedriveCount: execution.redriveCount,
      ...(execution.redriveDateMs === undefined
        ? {}
        : { RedriveTime: new Date(execution.redriveDateMs).toISOString() }),
    },
    State: { Name: position.state.name, EnteredTime: position.enteredTime, RetryCount: position.retryCount },
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    ...(item === undefined ? {} : { Map: { Item: item } }),
  };
  return { states: { input: position.input, context, ...shown }, variables: visibleVariables(frame) };
}

function innermostMapItem(frame: Frame): Frame["mapItem"] {
  return frame.mapItem ?? (frame.outer === undefined ? undefined : innermostMapItem(frame.outer));
}
