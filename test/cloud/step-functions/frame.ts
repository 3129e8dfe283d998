import type { Scope, State } from "./definition.ts";
import type { Writer } from "./history.ts";
import type { Json } from "./json.ts";
import type { MapRun } from "./map-run.ts";

/**
 * Where one scope of states stands: a whole execution, a branch of a Parallel, an iteration of an inline Map. It outlives
 * a failure, so that a redrive goes on at the very state, with the input and variables that the state had.
 */
export type Frame = Writer & {
  readonly scope: Scope;
  readonly input: Json;
  /** Whose variables this scope can read. */
  readonly outer?: Frame | undefined;
  readonly mapItem?: { readonly Index: number; readonly Value: Json } | undefined;
  variables: Readonly<Record<string, Json>>;
  position?: Position | undefined;
  /** Set once the scope has come to its end. */
  output?: Json | undefined;
};

/** The state that a frame is in. */
export type Position = {
  readonly state: State;
  readonly input: Json;
  readonly enteredEventId: number;
  readonly enteredTime: string;
  retryCount: number;
  /** What a Parallel or inline Map has begun. */
  branches?: readonly Frame[] | undefined;
  /** What a Distributed Map has begun. */
  mapRun?: MapRun | undefined;
};

/** A scope that has not begun. */
export function newFrame(scope: Scope, input: Json, around: Pick<Frame, "outer" | "mapItem" | "lastEventId">): Frame {
  return { scope, input, ...around, variables: {} };
}

/** Every variable that the states of a frame can read, its own over those around it. */
export function visibleVariables(frame: Frame): Readonly<Record<string, Json>> {
  return frame.outer === undefined ? frame.variables : { ...visibleVariables(frame.outer), ...frame.variables };
}

/** Sets the retry counters of all states where a frame stands back to zero, as a redrive does. */
export function resetRetryCounts(frame: Frame): void {
  if (frame.position === undefined) return;
  frame.position.retryCount = 0;
  for (const branch of frame.position.branches ?? []) resetRetryCounts(branch);
}
