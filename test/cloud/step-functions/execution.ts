import type { Machine } from "./definition.ts";
import type { Frame } from "./frame.ts";
import type { History } from "./history.ts";
import type { Json } from "./json.ts";
import type { MapRun } from "./map-run.ts";

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";

/** One execution of a state machine, or one child of a Distributed Map; it keeps the definition that it started with. */
export type Execution = {
  readonly arn: string;
  readonly name: string;
  /** For a child of a Distributed Map the ARN carries the label of the Map. */
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly revisionId: string;
  readonly roleArn: string;
  readonly definition: Machine;
  readonly input: Json;
  readonly inputText: string;
  readonly startDateMs: number;
  readonly history: History;
  readonly root: Frame;
  readonly mapRun?: MapRun | undefined;
  status: ExecutionStatus;
  stopDateMs?: number | undefined;
  outputText?: string | undefined;
  error?: string | undefined;
  cause?: string | undefined;
  redriveCount: number;
  redriveDateMs?: number | undefined;
  redriveToken?: string | undefined;
  /** Ends the newest attempt from outside. */
  controller: AbortController;
  /** Resolves when the newest attempt has ended. */
  done: Promise<void>;
};

/** Whether an execution has come to an end that a redrive could continue from. */
export function isUnsuccessful({ status }: Execution): boolean {
  return status === "FAILED" || status === "TIMED_OUT" || status === "ABORTED";
}
