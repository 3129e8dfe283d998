/** The text of a condition cannot be read; `position` counts characters from 0. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

export type Scalar = number | string | boolean | null;

/** A condition or a calculation over named values, as a tree. `position` is where its operator or word stands in the text. */
export type Expression =
  | { readonly kind: "value"; readonly value: Scalar; readonly position: number }
  | { readonly kind: "name"; readonly name: string; readonly position: number }
  | { readonly kind: "not" | "negate"; readonly operand: Expression; readonly position: number }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly position: number;
    };

export type BinaryOperator = "or" | "and" | "<" | "<=" | ">" | ">=" | "==" | "!=" | "+" | "-" | "*" | "/";

/** Longer conditions are refused, so that reading one is bounded. */
const longestText = 1_000;

/**
 * Reads a condition such as `fast < slow and not (side == "both")`. Operators from weak to strong: or (||), and (&&), not (!), comparisons
 * (< <= > >= == !=), + -, * /, unary minus; words are names unless true, false or null; texts stand in quotes. Throws ExpressionError.
 */
export function parseExpression(text: string): Expression {
  if (text.length > longestText) {
    throw new ExpressionError(`expected at most ${longestText} characters, found ${text.length}`, longestText);
  }
  const reader = new TokenReader(tokenize(text), text.length);
  const expression = parseBinary(reader, 0);
  const left = reader.peek();
  if (left !== undefined)
    throw new ExpressionError(`expected an operator or the end, found "${left.text}"`, left.position);
  return expression;
}

/** The names that an expression reads, each once, in order of appearance. */
export function namesIn(expression: Expression): readonly { readonly name: string; readonly position: number }[] {
  const found = new Map<string, number>();
  for (const { name, position } of nameNodes(expression)) if (!found.has(name)) found.set(name, position);
  return [...found].map(([name, position]) => ({ name, position }));
}

type NameNode = Extract<Expression, { kind: "name" }>;

function nameNodes(part: Expression): readonly NameNode[] {
  switch (part.kind) {
    case "value":
      return [];
    case "name":
      return [part];
    case "not":
    case "negate":
      return nameNodes(part.operand);
    case "binary":
      return [...nameNodes(part.left), ...nameNodes(part.right)];
  }
}

type Token = { readonly kind: "number" | "text" | "word" | "sign"; readonly text: string; readonly position: number };

const tokenPattern =
  /\s+|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("[^"]*"|'[^']*')|([A-Za-z_][A-Za-z0-9_.]*)|(<=|>=|==|!=|&&|\|\||[<>=+\-*/()!])/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const position = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (match === null) throw new ExpressionError(`found an unexpected "${text[position]}"`, position);
    const [, number, quoted, word, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number, position });
    else if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.slice(1, -1), position });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, position });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, position });
  }
  return tokens;
}

class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #at = 0;

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens;
    this.#length = length;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  next(expected: string): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new ExpressionError(`expected ${expected}, found the end`, this.#length);
    return token;
  }
}

/** By rising strength; a level's operators group from the left. */
const levels: readonly { readonly [spelling: string]: BinaryOperator }[] = [
  { or: "or", "||": "or" },
  { and: "and", "&&": "and" },
  { "<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "=": "==", "!=": "!=" },
  { "+": "+", "-": "-" },
  { "*": "*", "/": "/" },
];

function parseBinary(reader: TokenReader, level: number): Expression {
  const operators = levels[level];
  if (operators === undefined) return parseUnary(reader);
  let left = level === comparisonLevel ? parseNot(reader) : parseBinary(reader, level + 1);
  for (let token = reader.peek(); token !== undefined; token = reader.peek()) {
    const operator = token.kind === "text" || !Object.hasOwn(operators, token.text) ? undefined : operators[token.text];
    if (operator === undefined) break;
    reader.next("an operator");
    left = { kind: "binary", operator, left, right: parseBinary(reader, level + 1), position: token.position };
    const again = reader.peek();
    if (level === comparisonLevel && again?.kind === "sign" && Object.hasOwn(operators, again.text)) {
      throw new ExpressionError(`comparisons do not chain; join two with "and"; found "${again.text}"`, again.position);
    }
  }
  return left;
}

const comparisonLevel = 2;

function parseNot(reader: TokenReader): Expression {
  const token = reader.peek();
  if (token === undefined || token.kind === "text" || (token.text !== "not" && token.text !== "!")) {
    return parseBinary(reader, comparisonLevel + 1);
  }
  reader.next("not");
  return { kind: "not", operand: parseBinary(reader, comparisonLevel), position: token.position };
}

function parseUnary(reader: TokenReader): Expression {
  const token = reader.next("a name, a number or a quoted text");
  const { position } = token;
  if (token.kind === "number") return { kind: "value", value: Number(token.text), position };
  if (token.kind === "text") return { kind: "value", value: token.text, position };
  if (token.kind === "word") return wordExpression(token);
  if (token.text === "-") return { kind: "negate", operand: parseUnary(reader), position };
  if (token.text === "(") {
    const inner = parseBinary(reader, 0);
    const closing = reader.next('")"');
    if (closing.text !== ")" || closing.kind !== "sign") {
      throw new ExpressionError(`expected ")", found "${closing.text}"`, closing.position);
    }
    return inner;
  }
  throw new ExpressionError(`expected a name, a number or a quoted text, found "${token.text}"`, position);
}

const constants: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function wordExpression({ text, position }: Token): Expression {
  const constant = constants.get(text);
  if (constant !== undefined) return { kind: "value", value: constant, position };
  if (text === "and" || text === "or" || text === "not") {
    throw new ExpressionError(`expected a name, a number or a quoted text, found "${text}"`, position);
  }
  return { kind: "name", name: text, position };
}
