import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { ExecutionEnd } from "../run/execution-end.ts";

/** What a state machine says of an execution. */
export type ExecutionState =
  /** Never started, or forgotten (90 days after its end). */
  | { readonly kind: "missing" }
  | { readonly kind: "running" }
  | { readonly kind: "succeeded"; readonly stoppedAtMs: number }
  | { readonly kind: "ended"; readonly end: ExecutionEnd; readonly isRedrivable: boolean };

export type RedriveOutcome =
  | { readonly kind: "redriven" }
  /** Nothing changed: too old, expired, running already, or an emulator that knows no redrive. `why` says which. */
  | { readonly kind: "refused"; readonly why: string };

/** The executions of one state machine. */
export type Executions = {
  /** The ARN that an execution of this name has, or will have. */
  arnOf(name: string): string;
  describe(executionArn: string): Promise<ExecutionState>;
  /** Starts an execution; the same name with the same input again starts nothing and is no error while it runs. */
  start(name: string, input: object): Promise<void>;
  redrive(executionArn: string): Promise<RedriveOutcome>;
  /** Aborts an execution; one that has ended or is missing stays as it is. */
  stop(executionArn: string, reason: { readonly error: string; readonly cause: string }): Promise<void>;
};

export function openExecutions(sfn: SFNClient, stateMachineArn: string): Executions {
  return {
    arnOf: (name) => `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`,
    async describe(executionArn) {
      const described = await orUndefined("ExecutionDoesNotExist", () =>
        sfn.send(new DescribeExecutionCommand({ executionArn })),
      );
      return described === undefined ? { kind: "missing" } : stateOf(executionArn, described);
    },
    async start(name, input) {
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    },
    async redrive(executionArn) {
      try {
        await sfn.send(new RedriveExecutionCommand({ executionArn }));
        return { kind: "redriven" };
      } catch (error) {
        if (error instanceof Error && isRefusal(error)) return { kind: "refused", why: error.message || error.name };
        throw error;
      }
    },
    async stop(executionArn, { error, cause }) {
      await orUndefined("ExecutionDoesNotExist", () =>
        sfn.send(new StopExecutionCommand({ executionArn, error, cause })),
      );
    },
  };
}

function stateOf(executionArn: string, described: DescribeExecutionCommandOutput): ExecutionState {
  const { status, stopDate, error, cause, redriveStatus } = described;
  const stoppedAtMs = stopDate?.getTime() ?? 0;
  switch (status) {
    case "FAILED":
    case "TIMED_OUT":
    case "ABORTED": {
      const why = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
      // An emulator without redrive does not say whether one is possible: it is asked, and refuses.
      const isRedrivable = redriveStatus === undefined || redriveStatus === "REDRIVABLE";
      return { kind: "ended", end: { executionArn, status, stoppedAtMs, ...why }, isRedrivable };
    }
    case "SUCCEEDED":
      return { kind: "succeeded", stoppedAtMs };
    case "RUNNING":
    case "PENDING_REDRIVE":
    case undefined:
      return { kind: "running" };
  }
}

/** Names under which a request is refused for good, by AWS and by emulators that do not know it. */
const refusals = [
  "ExecutionNotRedrivable",
  "ExecutionDoesNotExist",
  "ValidationException",
  "UnknownOperationException",
  "NotImplementedException",
];

/** Whether a request cannot be met, now or ever: of AWS, or of an emulator that does not know it. */
export function isRefusal(error: Error): boolean {
  return refusals.includes(error.name) || ("$metadata" in error && statusOf(error.$metadata) === 501);
}

function statusOf(metadata: unknown): unknown {
  return typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
    ? metadata.httpStatusCode
    : undefined;
}

async function orUndefined<T>(errorName: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === errorName) return undefined;
    throw error;
  }
}
