import { setImmediate } from "node:timers/promises";
import type { Account } from "./account.ts";
import { runInlineMap, runParallel } from "./branches.ts";
import { choose } from "./choice.ts";
import { runDistributedMap } from "./distributed-map.ts";
import type { Execution } from "./execution.ts";
import { StateError } from "./failures.ts";
import type { Frame, Position } from "./frame.ts";
import type { Json } from "./json.ts";
import { recovering } from "./recovery.ts";
import { conclude, evaluateField, type Run, type Step } from "./run.ts";
import { runTask } from "./task.ts";
import { waitState } from "./wait.ts";

/**
 * Executes a scope from where its frame stands to its end and returns the output. Throws the StateError that no Catch
 * took, with the frame left at the state that failed, or the Halt that ended the execution. The bound of its loop is the
 * limit of the history.
 */
export async function runFrame(
  account: Account,
  execution: Execution,
  { frame, signal }: { readonly frame: Frame; readonly signal: AbortSignal },
): Promise<Json> {
  const { history } = execution;
  const { scope } = frame;
  // A state that is not left by its failure is not entered again by a redrive, except Fail.
  if (frame.position === undefined || frame.position.state.type === "Fail") {
    frame.position = entered(account, execution, {
      frame,
      name: frame.position?.state.name ?? scope.startAt,
      input: frame.position?.input ?? frame.input,
    });
  }
  for (;;) {
    await setImmediate();
    signal.throwIfAborted();
    const position: Position = frame.position;
    const { output, assigned, next } = await runState({ account, execution, frame, position, signal });
    signal.throwIfAborted();
    history.add(frame, `${position.state.type}StateExited`, {
      name: position.state.name,
      output: JSON.stringify(output),
      ...(assigned === undefined
        ? {}
        : {
            assignedVariables: Object.fromEntries(
              Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]),
            ),
          }),
    });
    frame.variables = { ...frame.variables, ...assigned };
    if (next === undefined) {
      frame.position = undefined;
      frame.output = output;
      return output;
    }
    frame.position = entered(account, execution, { frame, name: next, input: output });
  }
}

function entered(
  account: Account,
  execution: Execution,
  { frame, name, input }: { readonly frame: Frame; readonly name: string; readonly input: Json },
): Position {
  const state = frame.scope.states.get(name);
  if (state === undefined)
    throw new Error(`The definition of ${execution.arn} has no state ${name}, and was accepted.`);
  const enteredEventId = execution.history.add(frame, `${state.type}StateEntered`, {
    name,
    input: JSON.stringify(input),
  });
  return { state, input, enteredEventId, enteredTime: new Date(account.now()).toISOString(), retryCount: 0 };
}

async function runState(run: Run): Promise<Step> {
  const { state, input } = run.position;
  switch (state.type) {
    case "Pass":
      return { ...(await conclude(run, state, { otherwise: input })), next: state.next };
    case "Choice":
      return choose(run, state);
    case "Wait":
      return waitState(run, state);
    case "Succeed":
      return conclude(run, { output: state.output }, { otherwise: input });
    case "Fail":
      throw new StateError(await textOf(run, state.error, "Error"), await textOf(run, state.cause, "Cause"));
    case "Task":
      return recovering(run, state, () => runTask(run, state));
    case "Parallel":
      return recovering(run, state, () => runParallel(run, state));
    case "Map":
      return recovering(run, state, () =>
        state.mode === "INLINE" ? runInlineMap(run, state) : runDistributedMap(run, state),
      );
  }
}

async function textOf(run: Run, template: Json | undefined, field: string): Promise<string | undefined> {
  if (template === undefined) return undefined;
  const value = await evaluateField(run, template, field);
  return typeof value === "string" ? value : JSON.stringify(value);
}
