import { createHash, randomUUID } from "node:crypto";

/**
 * The functions that Step Functions adds to JSONata (and `$eval`, which it takes away), by their names without the dollar
 * sign. They throw an Error that names the function when an argument is out of range.
 */
export const stepFunctionsFunctions: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  partition,
  range,
  hash,
  random,
  uuid: () => randomUUID(),
  parse,
  eval: () => {
    throw new Error("$eval is not supported by Step Functions, use $parse");
  },
};

const maxRangeLength = 1000;

function partition(array: unknown, size: unknown): unknown {
  if (array === undefined) return undefined;
  const values = Array.isArray(array) ? array : [array];
  const chunk = wholeNumber("partition", size);
  if (chunk < 1) throw new Error("$partition needs a chunk size of 1 or more");
  return Array.from({ length: Math.ceil(values.length / chunk) }, (_, index) =>
    values.slice(index * chunk, (index + 1) * chunk),
  );
}

function range(first: unknown, last: unknown, delta: unknown): unknown {
  const [from, to, step] = [wholeNumber("range", first), wholeNumber("range", last), wholeNumber("range", delta)];
  if (step === 0) throw new Error("$range needs a step that is not zero");
  const length = Math.max(0, Math.floor((to - from) / step) + 1);
  if (length > maxRangeLength) throw new Error(`$range makes at most ${maxRangeLength} numbers, asked for ${length}`);
  return Array.from({ length }, (_, index) => from + index * step);
}

function hash(text: unknown, algorithm: unknown): unknown {
  if (text === undefined) return undefined;
  const names: Readonly<Record<string, string>> = {
    MD5: "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
  };
  const name = typeof algorithm === "string" ? names[algorithm] : undefined;
  if (name === undefined) throw new Error(`$hash knows ${Object.keys(names).join(", ")}, not ${String(algorithm)}`);
  return createHash(name)
    .update(typeof text === "string" ? text : JSON.stringify(text))
    .digest("hex");
}

function random(seed?: unknown): number {
  if (seed === undefined) return Math.random();
  if (typeof seed !== "number") throw new Error("$random needs a number as seed");
  return createHash("sha256").update(String(seed)).digest().readUInt32BE() / 2 ** 32;
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== "string") throw new Error("$parse needs a string");
  return JSON.parse(text);
}

function wholeNumber(name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`$${name} needs numbers`);
  return Math.round(value);
}
