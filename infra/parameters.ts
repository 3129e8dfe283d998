import type { Node } from "constructs";
import { InputError } from "../lib/engine/input-error.ts";

/** What a deployment may choose; each field is the context flag of the same name (`-c memory=1769`). */
export type Parameters = {
  /** Name of the stack and of what needs a name before it exists. */
  readonly stackName: string;
  /** Megabytes of the functions that fold bars; 1,769 MB is one whole processor. */
  readonly memory: number;
  readonly architecture: "x86_64" | "arm64";
  /** Seconds after which a segment's invocation is killed. */
  readonly segmentTimeoutSeconds: number;
  /** Segments at once, over all runs; undefined leaves them to the account's limit. */
  readonly concurrency: number | undefined;
  /** Runs of one sweep at once. */
  readonly sweepConcurrency: number;
  /** Stretches of bars that the models of one run are asked about at once. */
  readonly inferenceConcurrency: number;
  /** Segments that one execution does before it hands over to a fresh one. */
  readonly turnsPerExecution: number;
  readonly logRetentionDays: number;
  readonly apiInStack: boolean;
  readonly authorizer: Authorizer;
  /** Who may call the API: ARNs of principals, or subjects of tokens; with none, whoever the authorizer lets through. */
  readonly allowedPrincipals: readonly string[];
  /** Topic that alarms are sent to. */
  readonly alarmTopicArn: string | undefined;
  /** Alarms and the dashboard, which not every emulator knows. */
  readonly monitoring: boolean;
  /** Age at which a running run is reported as stuck. */
  readonly oldestRunHours: number;
  /** Folder of the user's own strategies. */
  readonly strategies: string | undefined;
  /** Whether runs may ask models: the runtime, 46 MB, then travels with the functions that compute segments and import bundles. */
  readonly models: boolean;
  readonly tags: Readonly<Record<string, string>>;
};

/** Who the API lets through: signed requests of IAM principals, or tokens of an issuer for an audience. */
export type Authorizer =
  | { readonly kind: "iam" }
  | { readonly kind: "jwt"; readonly issuer: string; readonly audience: readonly string[] };

/** A context flag that cannot be used; the message names the flag. */
export class ParameterError extends InputError {
  override readonly name = "ParameterError";
}

/** The retention periods that CloudWatch Logs offers up to two years. */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];

/** Reads the parameters from the app's context and fills in the defaults; throws ParameterError for a flag that is unknown or cannot be used. */
export function parseParameters(node: Node): Parameters {
  const flags = flagsOf(node);
  const concurrency = flags.has("concurrency") ? whole(flags, "concurrency", 1, { least: 1, most: 10_000 }) : undefined;
  return {
    stackName:
      optional(flags, "stackName", stackNames, "a letter, then up to 39 letters, digits and hyphens") ?? "Backstitch",
    memory: whole(flags, "memory", 1769, { least: 512, most: 10_240 }),
    architecture: oneOf(flags, "architecture", ["x86_64", "arm64"]),
    segmentTimeoutSeconds: whole(flags, "segmentTimeoutSeconds", 300, { least: 30, most: 900 }),
    concurrency,
    sweepConcurrency: whole(flags, "sweepConcurrency", 100, { least: 1, most: 10_000 }),
    // 40 iterations of an inline Map go on at once, and what waits for its turn ends no sooner.
    inferenceConcurrency: whole(flags, "inferenceConcurrency", Math.min(40, concurrency ?? 40), { least: 1, most: 40 }),
    // 3,000 turns of 7 events leave 4,000 of an execution's 25,000 events to retries and redrives.
    turnsPerExecution: whole(flags, "turnsPerExecution", 3000, { least: 1, most: 3300 }),
    logRetentionDays: days(flags),
    apiInStack: oneOf(flags, "apiInStack", ["true", "false"]) === "true",
    authorizer: authorizer(flags),
    allowedPrincipals: list(flags, "allowedPrincipals", /^\S+$/, "ARNs of principals, or subjects of tokens"),
    alarmTopicArn: optional(flags, "alarmTopicArn", /^arn:[\w-]+:sns:[\w-]+:\d{12}:\S+$/, "the ARN of an SNS topic"),
    monitoring: oneOf(flags, "monitoring", ["true", "false"]) === "true",
    oldestRunHours: whole(flags, "oldestRunHours", 24, { least: 1, most: 2160 }),
    strategies: optional(flags, "strategies", /^.+$/, "a folder"),
    models: models(flags),
    tags: tags(flags),
  };
}

const stackNames = /^[A-Za-z][A-Za-z0-9-]{0,39}$/;

type Flags = ReadonlyMap<string, string>;

const known = new Set(
  (
    "stackName memory architecture segmentTimeoutSeconds concurrency sweepConcurrency inferenceConcurrency turnsPerExecution logRetentionDays apiInStack authorizer " +
    "jwtIssuer jwtAudience allowedPrincipals alarmTopicArn monitoring oldestRunHours strategies models tags"
  ).split(" "),
);

/** A misspelt flag would be deployed as its default; so every plain word of the context must be known. The CDK's own keys have a colon or an at sign. */
function flagsOf(node: Node): Flags {
  const flags = new Map<string, string>();
  for (const [name, value] of Object.entries(node.getAllContext())) {
    if (/[@:]/.test(name) || name === "cli-telemetry") continue;
    if (!known.has(name)) {
      throw new ParameterError(`-c ${name} is no parameter of this app. Known are: ${[...known].join(", ")}.`);
    }
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw new ParameterError(`-c ${name} takes one text, found ${JSON.stringify(value)}.`);
    }
    if (value !== "") flags.set(name, String(value));
  }
  return flags;
}

function whole(
  flags: Flags,
  name: string,
  otherwise: number,
  { least, most }: { least: number; most: number },
): number {
  const text = flags.get(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new ParameterError(`-c ${name} takes a whole number from ${least} to ${most}, found "${text}".`);
  }
  return value;
}

function days(flags: Flags): number {
  const value = whole(flags, "logRetentionDays", 30, { least: 1, most: 731 });
  if (retentionDays.includes(value)) return value;
  throw new ParameterError(`-c logRetentionDays takes one of ${retentionDays.join(", ")}, found ${value}.`);
}

/** The flag's value, or the first choice where it is absent. */
function oneOf<Choice extends string>(flags: Flags, name: string, choices: readonly [Choice, ...Choice[]]): Choice {
  const text = flags.get(name);
  if (text === undefined) return choices[0];
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new ParameterError(`-c ${name} takes ${choices.join(" or ")}, found "${text}".`);
}

function authorizer(flags: Flags): Authorizer {
  const kind = oneOf(flags, "authorizer", ["iam", "jwt"]);
  if (kind === "iam") return { kind };
  const issuer = optional(flags, "jwtIssuer", /^https:\/\/\S+$/, "an https address");
  const audience = list(flags, "jwtAudience", /^\S+$/, "names without spaces");
  if (issuer === undefined || audience.length === 0) {
    throw new ParameterError(
      "-c authorizer=jwt needs the issuer and the audience of the tokens: add -c jwtIssuer=https://… -c jwtAudience=….",
    );
  }
  return { kind, issuer, audience };
}

/** The runtime is copied for one platform, on which alone models give the same bits everywhere. */
function models(flags: Flags): boolean {
  const isWanted = oneOf(flags, "models", ["false", "true"]) === "true";
  if (isWanted && flags.get("architecture") === "arm64")
    throw new ParameterError("-c models=true needs -c architecture=x86_64, found arm64. Leave one of them out.");
  return isWanted;
}

function optional(flags: Flags, name: string, pattern: RegExp, expected: string): string | undefined {
  const text = flags.get(name);
  if (text === undefined || pattern.test(text)) return text;
  throw new ParameterError(`-c ${name} takes ${expected}, found "${text}".`);
}

function list(flags: Flags, name: string, pattern: RegExp, expected: string): readonly string[] {
  const items = (flags.get(name) ?? "").split(",").filter((item) => item !== "");
  const wrong = items.find((item) => !pattern.test(item));
  if (wrong === undefined) return items;
  throw new ParameterError(`-c ${name} takes ${expected}, separated by commas, found "${wrong}".`);
}

function tags(flags: Flags): Readonly<Record<string, string>> {
  const pairs = list(flags, "tags", /^[^=\s][^=]*=[^=]*$/, "tags as name=value");
  return Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
}
