import { type BinaryOperator, type Expression, ExpressionError, type Scalar } from "./expression.ts";

export type ScalarValues = { readonly [name: string]: unknown };

/**
 * Whether a condition holds for these values. A comparison or calculation with null is null, and null does not hold; "and" and "or" end early. Throws
 * ExpressionError where kinds do not fit (a text with "<", a condition that gives a number).
 */
export function holds(condition: Expression, values: ScalarValues): boolean {
  const result = evaluate(condition, values);
  if (result === null) return false;
  if (typeof result !== "boolean") {
    throw new ExpressionError(`expected a condition (true or false), found ${shown(result)}`, condition.position);
  }
  return result;
}

function evaluate(expression: Expression, values: ScalarValues): Scalar {
  switch (expression.kind) {
    case "value":
      return expression.value;
    case "name":
      return scalarOf(values[expression.name], expression);
    case "negate": {
      const value = evaluate(expression.operand, values);
      return value === null ? null : -numberOf(value, expression.operand);
    }
    case "not": {
      const value = evaluate(expression.operand, values);
      return value === null ? null : !truthOf(value, expression.operand);
    }
    case "binary":
      return evaluateBinary(expression.operator, expression, values);
  }
}

type Binary = Extract<Expression, { kind: "binary" }>;

function evaluateBinary(operator: BinaryOperator, { left, right, position }: Binary, values: ScalarValues): Scalar {
  const a = evaluate(left, values);
  if (operator === "and" || operator === "or") {
    const first = a === null ? false : truthOf(a, left);
    if (first === (operator === "or")) return first;
    const b = evaluate(right, values);
    return b === null ? null : truthOf(b, right);
  }
  const b = evaluate(right, values);
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  if (a === null || b === null) return null;
  if (operator === "<" || operator === "<=" || operator === ">" || operator === ">=") {
    return compare(operator, numberOf(a, left), numberOf(b, right));
  }
  return calculate(operator, numberOf(a, left), numberOf(b, right), position);
}

function compare(operator: "<" | "<=" | ">" | ">=", a: number, b: number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

function calculate(operator: "+" | "-" | "*" | "/", a: number, b: number, position: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new ExpressionError("expected a divisor that is not 0, found 0", position);
      return a / b;
  }
}

function scalarOf(value: unknown, { name, position }: Extract<Expression, { kind: "name" }>): Scalar {
  if (value === null || typeof value === "number" || typeof value === "string" || typeof value === "boolean")
    return value;
  throw new ExpressionError(`expected a value for "${name}", found ${shown(value)}`, position);
}

function numberOf(value: Scalar, at: Expression): number {
  if (typeof value === "number") return value;
  throw new ExpressionError(`expected a number, found ${shown(value)}`, at.position);
}

function truthOf(value: Scalar, at: Expression): boolean {
  if (typeof value === "boolean") return value;
  throw new ExpressionError(`expected true or false, found ${shown(value)}`, at.position);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
