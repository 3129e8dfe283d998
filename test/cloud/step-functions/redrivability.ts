import type { Account } from "./account.ts";
import { type Execution, isUnsuccessful } from "./execution.ts";

import { findMachine } from "./find-machine.ts";

export type Redrivability = {
  readonly status: "REDRIVABLE" | "NOT_REDRIVABLE" | "REDRIVABLE_BY_MAP_RUN";
  readonly reason?: string;
};

const redrivableMs = 14 * 86_400_000;
const mostRedrives = 1000;

/** Whether AWS would redrive the execution now, and if not, the reason that DescribeExecution gives. */
export function redrivability(account: Account, execution: Execution): Redrivability {
  const { status, stopDateMs, history, mapRun } = execution;
  if (findMachine(account, outermost(execution).stateMachineArn)?.status !== "ACTIVE") {
    return no("State machine is in DELETING status.");
  }
  if (!isUnsuccessful(execution)) return no(`Execution is ${status} and cannot be redriven.`);
  if (history.isTooLongToRedrive) return no("Execution history event limit exceeded.");
  if (stopDateMs !== undefined && account.now() - stopDateMs > redrivableMs) {
    return no("Execution redrivable period exceeded.");
  }
  if (execution.redriveCount >= mostRedrives) return no(`Execution redrive limit of ${mostRedrives} exceeded.`);
  return mapRun === undefined ? { status: "REDRIVABLE" } : { status: "REDRIVABLE_BY_MAP_RUN" };
}

function outermost(execution: Execution): Execution {
  return execution.mapRun === undefined ? execution : outermost(execution.mapRun.parent);
}

function no(reason: string): Redrivability {
  return { status: "NOT_REDRIVABLE", reason };
}
