import type { Catcher, Retrier } from "./definition.ts";
import { assignments, objectWith, stringAt, template, wholeNumberAt } from "./definition-fields.ts";
import { invalidDefinition } from "./failures.ts";
import type { Json } from "./json.ts";

const longestDelaySeconds = 31_622_400;
const mostAttempts = 99_999_999;

/** The retriers of a state, with the defaults of the States Language where fields are absent. */
export function parseRetriers(value: Json | undefined, at: string): readonly Retrier[] {
  return listOf(value, at).map((part, index, all) => {
    const partAt = `${at}/${index}`;
    const retrier = objectWith(
      part,
      ["ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy"],
      partAt,
    );
    const intervalSeconds = wholeNumberAt(retrier.IntervalSeconds, {
      at: `${partAt}/IntervalSeconds`,
      from: 1,
      to: mostAttempts,
      absent: 1,
    });
    return {
      errorEquals: errorNames(retrier.ErrorEquals, { at: partAt, isLast: index === all.length - 1 }),
      intervalSeconds,
      backoffRate: backoffRate(retrier.BackoffRate, `${partAt}/BackoffRate`),
      maxAttempts: wholeNumberAt(retrier.MaxAttempts, {
        at: `${partAt}/MaxAttempts`,
        from: 0,
        to: mostAttempts,
        absent: 3,
      }),
      maxDelaySeconds: maxDelay(retrier.MaxDelaySeconds, intervalSeconds, `${partAt}/MaxDelaySeconds`),
      jitter: jitter(retrier.JitterStrategy, `${partAt}/JitterStrategy`),
    };
  });
}

/** The catchers of a state. */
export function parseCatchers(value: Json | undefined, at: string): readonly Catcher[] {
  return listOf(value, at).map((part, index, all) => {
    const partAt = `${at}/${index}`;
    const catcher = objectWith(part, ["ErrorEquals", "Next", "Assign", "Output"], partAt);
    return {
      errorEquals: errorNames(catcher.ErrorEquals, { at: partAt, isLast: index === all.length - 1 }),
      next: stringAt(catcher.Next, `${partAt}/Next`),
      assign: assignments(catcher.Assign, `${partAt}/Assign`),
      output: template(catcher.Output, `${partAt}/Output`),
    };
  });
}

function listOf(value: Json | undefined, at: string): readonly Json[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalidDefinition("expected an array", at);
  return value as readonly Json[];
}

function errorNames(
  value: Json | undefined,
  { at, isLast }: { readonly at: string; readonly isLast: boolean },
): string[] {
  const names = listOf(value, `${at}/ErrorEquals`).map((name) => stringAt(name, `${at}/ErrorEquals`));
  if (names.length === 0) throw invalidDefinition("expected at least one error name", `${at}/ErrorEquals`);
  if (!names.includes("States.ALL")) return names;
  if (names.length > 1) throw invalidDefinition("States.ALL must stand alone", `${at}/ErrorEquals`);
  if (!isLast) throw invalidDefinition("States.ALL must be in the last retrier or catcher", `${at}/ErrorEquals`);
  return names;
}

function backoffRate(value: Json | undefined, at: string): number {
  if (value === undefined) return 2;
  if (typeof value !== "number" || value < 1) throw invalidDefinition("expected a number of at least 1.0", at);
  return value;
}

function maxDelay(value: Json | undefined, intervalSeconds: number, at: string): number | undefined {
  if (value === undefined) return undefined;
  const seconds = wholeNumberAt(value, { at, from: 1, to: longestDelaySeconds, absent: 1 });
  if (seconds < intervalSeconds) {
    throw invalidDefinition(`MaxDelaySeconds ${seconds} is below IntervalSeconds ${intervalSeconds}`, at);
  }
  return seconds;
}

function jitter(value: Json | undefined, at: string): "FULL" | "NONE" {
  if (value === undefined || value === "NONE") return "NONE";
  if (value === "FULL") return "FULL";
  throw invalidDefinition(`the JitterStrategy ${JSON.stringify(value)} is neither FULL nor NONE`, at);
}
