import type { ChoiceState } from "./definition.ts";
import { StateError } from "./failures.ts";
import { conclude, evaluateField, fieldError, type Run, type Step } from "./run.ts";

/** Takes the first rule whose condition is true, else Default; throws States.NoChoiceMatched where there is neither. */
export async function choose(run: Run, state: ChoiceState): Promise<Step> {
  const otherwise = run.position.input;
  for (const [index, rule] of state.choices.entries()) {
    const field = `Choices[${index}]/`;
    const holds = await evaluateField(run, rule.condition, `${field}Condition`);
    if (typeof holds !== "boolean") {
      throw fieldError(run, `${field}Condition`, `has to be true or false, found ${JSON.stringify(holds)}`);
    }
    if (holds) return { ...(await conclude(run, rule, { otherwise, field })), next: rule.next };
  }
  if (state.default === undefined) {
    throw new StateError(
      "States.NoChoiceMatched",
      `An error occurred while executing the state '${state.name}' (entered at the event id #${run.position.enteredEventId}). Failed to transition out of the state. The state's choices do not match, and it has no Default.`,
    );
  }
  return { ...(await conclude(run, state, { otherwise })), next: state.default };
}
