import type { Scope, State } from "./definition.ts";
import { invalidDefinition } from "./failures.ts";

/** Refuses a scope with a transition to a missing state, a state that nothing leads to, or no way to an end. */
export function checkReachability(scope: Scope, at: string): void {
  const { startAt, states } = scope;
  if (!states.has(startAt)) {
    throw invalidDefinition(`MISSING_TRANSITION_TARGET: Missing 'Next' target: ${startAt}`, `${at}/StartAt`);
  }
  const reached = new Set([startAt]);
  for (const name of reached) {
    for (const target of targetsOf(states.get(name))) {
      if (!states.has(target)) {
        throw invalidDefinition(`MISSING_TRANSITION_TARGET: Missing 'Next' target: ${target}`, `${at}/States/${name}`);
      }
      reached.add(target);
    }
  }
  for (const name of states.keys()) {
    if (reached.has(name)) continue;
    throw invalidDefinition(`MISSING_TRANSITION_TARGET: State "${name}" is not reachable.`, `${at}/States/${name}`);
  }
  if (![...states.values()].some(canEnd)) {
    throw invalidDefinition("MISSING_TERMINAL_STATE: No terminal state", `${at}/States`);
  }
}

function targetsOf(state: State | undefined): readonly string[] {
  if (state === undefined) return [];
  switch (state.type) {
    case "Succeed":
    case "Fail":
      return [];
    case "Pass":
    case "Wait":
      return present([state.next]);
    case "Choice":
      return present([...state.choices.map((rule) => rule.next), state.default]);
    case "Task":
    case "Parallel":
    case "Map":
      return present([state.next, ...state.catch.map((catcher) => catcher.next)]);
  }
}

function canEnd(state: State): boolean {
  if (state.type === "Succeed" || state.type === "Fail") return true;
  return state.type !== "Choice" && state.next === undefined;
}

function present(names: readonly (string | undefined)[]): readonly string[] {
  return names.filter((name) => name !== undefined);
}
