import { closest } from "../engine/closest.ts";
import { holds, type ScalarValues } from "./evaluate-expression.ts";
import { type Expression, ExpressionError, namesIn, parseExpression } from "./expression.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/** A condition as it was written, with its place in the spec ("where[0]") for messages. */
export type Condition = { readonly field: string; readonly text: string; readonly expression: Expression };

/** Reads conditions that speak of `known` names only. Throws SweepSpecError naming the field, the position and, for an unknown name, a near one. */
export function parseConditions(field: string, texts: readonly string[], known: readonly string[]): Condition[] {
  return texts.map((text, index) => {
    const condition = readCondition(`${field}[${index}]`, text);
    for (const { name, position } of namesIn(condition.expression)) {
      if (known.includes(name)) continue;
      const near = closest(name, known);
      throw new SweepSpecError(
        `${condition.field}: expected one of ${known.join(", ")}, found "${name}" at character ${position + 1} of "${text}"${near === undefined ? "." : `; did you mean "${near}"?`} A text stands in quotes.`,
      );
    }
    return condition;
  });
}

/** Reads one condition, whatever names it speaks of; `field` is its place in messages. Throws SweepSpecError. */
export function readCondition(field: string, text: string): Condition {
  return { field, text, expression: translating(field, text, () => parseExpression(text)) };
}

/** The first condition that does not hold, or undefined when all do. Throws SweepSpecError when a condition does not fit the values. */
export function firstBroken(conditions: readonly Condition[], values: ScalarValues): Condition | undefined {
  return conditions.find(({ field, text, expression }) => !translating(field, text, () => holds(expression, values)));
}

function translating<Result>(field: string, text: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new SweepSpecError(`${field}: ${error.message} at character ${error.position + 1} of "${text}".`, {
      cause: error,
    });
  }
}
