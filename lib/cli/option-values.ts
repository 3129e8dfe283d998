import { InvalidArgumentError } from "commander";

/** Reads a whole number of at least `minimum`; commander names the flag in front of the message. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${minimum}.`);
  };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above zero.");
}

/** Reads one of the words, whatever their case. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`Expected one of ${words.join(", ")}.`);
  };
}

/** Reads some of the words, separated by commas. */
export function someOf<Word extends string>(words: readonly Word[]): (text: string) => readonly Word[] {
  return (text) => text.split(",").map((word) => oneOf(words)(word.trim()));
}

export function commaList(text: string): readonly string[] {
  return text.split(",").map((item) => item.trim());
}

const ageUnits = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Reads an age such as 30d, 12h, 90m or 2w as milliseconds. */
export function ageMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError("Expected an age such as 30d, 12h, 90m or 2w.");
  return Number(match[1]) * ageUnits[match[2] as keyof typeof ageUnits];
}

/** Reads a date or time; which of its milliseconds counts is decided where it is used. */
export function momentText(text: string): string {
  if (
    /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  )
    return text;
  throw new InvalidArgumentError("Expected a date (2020-04-17) or a time (2020-04-17T09:30:00Z).");
}

/** Collects a flag that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
