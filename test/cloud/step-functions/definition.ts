import type { Json } from "./json.ts";

/** A checked definition: nothing in it needs to be checked again when it is executed. */
export type Machine = Scope & { readonly timeoutSeconds?: number | undefined };

/** States that reach each other: a machine, a branch of a Parallel or the processor of a Map. */
export type Scope = {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  /** The definition's own text, for those who ask what an execution runs. */
  readonly source: string;
};

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

type Named = { readonly name: string };
/** `assign` and `output` are templates: JSON in which a string `{% … %}` is an expression. */
type Transforming = { readonly assign?: Json | undefined; readonly output?: Json | undefined };
/** No `next` means End. */
type Continuing = Named & Transforming & { readonly next?: string | undefined };
type Recovering = { readonly retry: readonly Retrier[]; readonly catch: readonly Catcher[] };

export type PassState = Continuing & { readonly type: "Pass" };
export type WaitState = Continuing & {
  readonly type: "Wait";
  readonly seconds?: Json | undefined;
  readonly timestamp?: Json | undefined;
};
export type SucceedState = Named & { readonly type: "Succeed"; readonly output?: Json | undefined };
export type FailState = Named & {
  readonly type: "Fail";
  readonly error?: Json | undefined;
  readonly cause?: Json | undefined;
};

export type ChoiceState = Named &
  Transforming & {
    readonly type: "Choice";
    readonly choices: readonly ChoiceRule[];
    readonly default?: string | undefined;
  };
export type ChoiceRule = Transforming & { readonly condition: Json; readonly next: string };

export type TaskState = Continuing &
  Recovering & {
    readonly type: "Task";
    readonly resource: TaskResource;
    readonly arguments?: Json | undefined;
    readonly timeoutSeconds?: Json | undefined;
  };

/** What a Task may call; `arn` is the Resource as written. */
export type TaskResource =
  | { readonly kind: "lambdaInvoke"; readonly arn: string }
  | { readonly kind: "lambdaFunction"; readonly arn: string }
  | { readonly kind: "startExecution"; readonly arn: string }
  | { readonly kind: "startExecutionSync"; readonly arn: string }
  | { readonly kind: "s3GetObject"; readonly arn: string }
  | { readonly kind: "s3PutObject"; readonly arn: string };

export type ParallelState = Continuing &
  Recovering & {
    readonly type: "Parallel";
    readonly branches: readonly Scope[];
    readonly arguments?: Json | undefined;
  };

export type MapState = Continuing &
  Recovering & {
    readonly type: "Map";
    readonly mode: "INLINE" | "DISTRIBUTED";
    readonly processor: Scope;
    readonly items?: Json | undefined;
    readonly reader?: ItemReader | undefined;
    readonly selector?: Json | undefined;
    readonly maxConcurrency?: Json | undefined;
    readonly toleratedFailureCount?: Json | undefined;
    readonly toleratedFailurePercentage?: Json | undefined;
    readonly label?: string | undefined;
    readonly writer?: ResultWriter | undefined;
  };

/** Reads the items of a Distributed Map from one object of S3 that holds a JSON array. */
export type ItemReader = { readonly arguments: Json; readonly maxItems?: Json | undefined };

/** Writes the results of a Distributed Map below a prefix in S3. */
export type ResultWriter = {
  readonly arguments?: Json | undefined;
  readonly transformation: "NONE" | "COMPACT" | "FLATTEN";
  readonly outputType: "JSON" | "JSONL";
};

export type Retrier = {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxAttempts: number;
  readonly maxDelaySeconds?: number | undefined;
  readonly jitter: "FULL" | "NONE";
};

export type Catcher = Transforming & { readonly errorEquals: readonly string[]; readonly next: string };
