import type { Agent } from "node:http";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Place } from "./arns.ts";
import type { Machine } from "./definition.ts";
import type { Execution } from "./execution.ts";
import type { JsonObject } from "./json.ts";
import type { MapRun } from "./map-run.ts";

/** All that one server holds, and what its executions reach outside it. */
export type Account = {
  readonly place: Place;
  readonly lambdaUrl: string;
  /** Carries the calls of functions; destroyed with the server, and then those calls fail. */
  readonly lambdaAgent: Agent;
  readonly s3Client: S3Client | undefined;
  /** Real seconds per second of a Wait or of a retry's delay. */
  readonly timeScale: number;
  readonly historyEvents: number;
  readonly now: () => number;
  readonly machines: Map<string, StateMachine>;
  readonly executions: Map<string, Execution>;
  readonly mapRuns: Map<string, MapRun>;
  /** Tells the outside that an execution's status has changed. */
  readonly announce: (execution: Execution) => void;
};

export type StateMachine = {
  readonly arn: string;
  readonly name: string;
  readonly creationDateMs: number;
  readonly tags: readonly JsonObject[];
  status: "ACTIVE" | "DELETING";
  definition: Machine;
  roleArn: string;
  loggingConfiguration: JsonObject;
  tracingConfiguration: JsonObject;
  revisionId: string;
  updateDateMs: number;
};
