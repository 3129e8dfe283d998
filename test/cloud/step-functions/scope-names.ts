import type { Scope, State } from "./definition.ts";
import { invalidDefinition } from "./failures.ts";
import { isJsonObject, type Json } from "./json.ts";

/**
 * Refuses a branch of a Parallel or inline Map that assigns to a name which a scope around it assigns too: inner scopes
 * read the outer variables and never change them. The children of a Distributed Map begin anew.
 */
export function checkAssignedNames(scope: Scope, outerNames: ReadonlySet<string> = new Set()): void {
  const own = new Set([...scope.states.values()].flatMap(assignedNames));
  for (const name of own) {
    if (!outerNames.has(name)) continue;
    throw invalidDefinition(`the variable '${name}' is assigned in an outer scope too`, "/States");
  }
  const visible = new Set([...outerNames, ...own]);
  for (const state of scope.states.values()) {
    if (state.type === "Parallel") for (const branch of state.branches) checkAssignedNames(branch, visible);
    if (state.type === "Map") checkAssignedNames(state.processor, state.mode === "INLINE" ? visible : new Set());
  }
}

function assignedNames(state: State): readonly string[] {
  switch (state.type) {
    case "Succeed":
    case "Fail":
      return [];
    case "Pass":
    case "Wait":
      return names(state.assign);
    case "Choice":
      return [...names(state.assign), ...state.choices.flatMap((rule) => names(rule.assign))];
    case "Task":
    case "Parallel":
    case "Map":
      return [...names(state.assign), ...state.catch.flatMap((catcher) => names(catcher.assign))];
  }
}

function names(assign: Json | undefined): readonly string[] {
  return isJsonObject(assign) ? Object.keys(assign) : [];
}
