import { closest } from "../engine/closest.ts";
import { type Condition, readCondition } from "./conditions.ts";
import type { BinaryOperator, Expression } from "./expression.ts";
import { metricNames } from "./metric-directions.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/** Reads conditions on metrics: comparisons of numbers. Throws SweepSpecError for all that could never hold, or would fail only when there are metrics. */
export function parseMetricConditions(field: string, texts: readonly string[]): Condition[] {
  return texts.map((text, index) => parseMetricCondition(`${field}[${index}]`, text));
}

/** Reads one condition on metrics; `field` is its place in messages. */
export function parseMetricCondition(field: string, text: string): Condition {
  const condition = readCondition(field, text);
  const fault = faultOfTruth(condition.expression);
  if (fault === undefined) return condition;
  const { found, hint } = described(fault);
  throw new SweepSpecError(
    `${field}: expected a comparison of metrics with numbers, such as "sharpe > 0.3" or "sharpe > 1 and closedTrades >= 30", found ${found} at character ${fault.position + 1} of "${text}"${hint}`,
  );
}

const calculations: readonly BinaryOperator[] = ["+", "-", "*", "/"];

/** The first part of what should be true or false that is neither. */
function faultOfTruth(expression: Expression): Expression | undefined {
  switch (expression.kind) {
    case "value":
      return typeof expression.value === "boolean" ? undefined : expression;
    case "name":
    case "negate":
      return expression;
    case "not":
      return faultOfTruth(expression.operand);
    case "binary": {
      const { operator, left, right } = expression;
      if (operator === "and" || operator === "or") return faultOfTruth(left) ?? faultOfTruth(right);
      return calculations.includes(operator) ? expression : (faultOfNumber(left) ?? faultOfNumber(right));
    }
  }
}

/** The first part of what should be a number, or null, that is neither. */
function faultOfNumber(expression: Expression): Expression | undefined {
  switch (expression.kind) {
    case "value":
      return typeof expression.value === "number" || expression.value === null ? undefined : expression;
    case "name":
      return metricNames.includes(expression.name) ? undefined : expression;
    case "negate":
      return faultOfNumber(expression.operand);
    case "not":
      return expression;
    case "binary":
      return calculations.includes(expression.operator)
        ? (faultOfNumber(expression.left) ?? faultOfNumber(expression.right))
        : expression;
  }
}

function described(fault: Expression): { readonly found: string; readonly hint: string } {
  switch (fault.kind) {
    case "value":
      return { found: JSON.stringify(fault.value), hint: "." };
    case "name": {
      const found = `"${fault.name}"`;
      if (metricNames.includes(fault.name)) return { found, hint: ", compared with nothing." };
      const near = closest(fault.name, metricNames);
      if (near !== undefined) return { found, hint: `; did you mean "${near}"?` };
      return { found, hint: `, which is no metric. Metrics: ${metricNames.join(", ")}.` };
    }
    case "negate":
    case "not":
    case "binary": {
      const isNumber = fault.kind === "negate" || (fault.kind === "binary" && calculations.includes(fault.operator));
      return { found: isNumber ? "a calculation" : "a condition", hint: "." };
    }
  }
}
