import { runConcurrently } from "./concurrency.ts";
import type { MapState, ParallelState } from "./definition.ts";
import { Halt } from "./failures.ts";
import { type Frame, newFrame } from "./frame.ts";
import { runFrame } from "./interpreter.ts";
import type { Json } from "./json.ts";
import { itemInputs } from "./map-items.ts";
import { checkSize, conclude, evaluateField, evaluateNumber, type Run, type Step } from "./run.ts";

/** AWS's own limit for iterations of an inline Map at a time. */
const mostInlineIterations = 40;

/** Executes the branches of a Parallel beside each other; a redrive executes those that had not succeeded. */
export async function runParallel(run: Run, state: ParallelState): Promise<Step> {
  const { position, frame } = run;
  if (position.branches === undefined) {
    const input =
      state.arguments === undefined ? position.input : await evaluateField(run, state.arguments, "Arguments");
    checkSize(run, input);
    run.execution.history.add(frame, "ParallelStateStarted");
    position.branches = state.branches.map((scope) =>
      newFrame(scope, input, { outer: frame, lastEventId: frame.lastEventId }),
    );
  }
  const outputs = await runBranches(run, position.branches, { kind: "Parallel", limit: position.branches.length });
  checkSize(run, outputs);
  return { ...(await conclude(run, state, { otherwise: outputs, extra: { result: outputs } })), next: state.next };
}

/** Executes the iterations of an inline Map; a redrive executes those that had not succeeded. */
export async function runInlineMap(run: Run, state: MapState): Promise<Step> {
  const { position, frame } = run;
  const field = { field: "MaxConcurrency", from: 0, to: 100_000_000 };
  const asked = state.maxConcurrency === undefined ? 0 : await evaluateNumber(run, state.maxConcurrency, field);
  if (position.branches === undefined) {
    const items = await itemInputs(run, state);
    run.execution.history.add(frame, "MapStateStarted", { length: items.length });
    position.branches = items.map(({ input, value }, index) =>
      newFrame(state.processor, input, {
        outer: frame,
        lastEventId: frame.lastEventId,
        mapItem: { Index: index, Value: value },
      }),
    );
  }
  const limit = asked === 0 ? mostInlineIterations : Math.min(asked, mostInlineIterations);
  const outputs = await runBranches(run, position.branches, { kind: "Map", limit });
  checkSize(run, outputs);
  return { ...(await conclude(run, state, { otherwise: outputs, extra: { result: outputs } })), next: state.next };
}

async function runBranches(
  run: Run,
  branches: readonly Frame[],
  { kind, limit }: { readonly kind: "Parallel" | "Map"; readonly limit: number },
): Promise<Json[]> {
  const { history } = run.execution;
  const siblings = new AbortController();
  const signal = AbortSignal.any([run.signal, siblings.signal]);
  let failure: { readonly error: unknown } | undefined;
  const works = branches.flatMap((branch, index) => {
    if (branch.output !== undefined) return [];
    const details = { name: run.position.state.name, index };
    return async () => {
      try {
        if (kind === "Map") history.add(branch, "MapIterationStarted", details);
        await runFrame(run.account, run.execution, { frame: branch, signal });
        if (kind === "Map") history.add(branch, "MapIterationSucceeded", details);
      } catch (error) {
        if (kind === "Map")
          history.note(branch, `MapIteration${error instanceof Halt ? "Aborted" : "Failed"}`, details);
        if (failure !== undefined) return;
        failure = { error };
        run.frame.lastEventId = branch.lastEventId;
        siblings.abort(new Halt("ABORTED", undefined, "Another branch failed."));
      }
    };
  });
  await runConcurrently(works, {
    limit: () => limit,
    isStopped: () => failure !== undefined || run.signal.aborted,
    changed: () => new Promise(() => undefined),
  });
  run.signal.throwIfAborted();
  if (failure !== undefined) {
    history.note(run.frame, `${kind}StateFailed`);
    throw failure.error;
  }
  run.frame.lastEventId = Math.max(run.frame.lastEventId, ...branches.map((branch) => branch.lastEventId));
  history.add(run.frame, `${kind}StateSucceeded`);
  return branches.map((branch) => branch.output ?? null);
}
