import { randomUUID } from "node:crypto";
import type { Account } from "./account.ts";
import { executionArn, stateMachineArn } from "./arns.ts";
import type { Scope } from "./definition.ts";
import type { Execution } from "./execution.ts";
import { beginExecution, continueExecution, settle } from "./execution-attempt.ts";
import { ApiError, Halt } from "./failures.ts";
import { refuseDeleting, requireMachine } from "./find-machine.ts";
import { type Json, parseJson } from "./json.ts";
import type { MapRun } from "./map-run.ts";
import { checkName } from "./names.ts";
import { redrivability } from "./redrivability.ts";

const nameKeptMs = 90 * 86_400_000;
const maxInputBytes = 262_144;

/** Starts an execution; the same name and input while it runs give the same execution, any other use of a name within 90 days is refused. */
export function startExecution(
  account: Account,
  request: { readonly stateMachineArn: string; readonly name: string | undefined; readonly inputText: string },
): Execution {
  const { inputText, name = randomUUID() } = request;
  checkName(name);
  const input = parseJson(inputText);
  if (input === undefined)
    throw new ApiError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${inputText.slice(0, 200)}'`);
  if (Buffer.byteLength(inputText) > maxInputBytes) {
    throw new ApiError("ValidationException", `The input is larger than ${maxInputBytes} bytes.`);
  }
  const machine = requireMachine(account, request.stateMachineArn);
  refuseDeleting(machine);
  const arn = executionArn(account.place, machine.name, name);
  const known = account.executions.get(arn);
  if (known !== undefined && (known.stopDateMs === undefined || account.now() - known.stopDateMs < nameKeptMs)) {
    if (known.status === "RUNNING" && known.inputText === inputText) return known;
    throw new ApiError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
  }
  const { definition, revisionId, roleArn } = machine;
  return beginExecution(account, {
    arn,
    name,
    stateMachineArn: machine.arn,
    stateMachineName: machine.name,
    revisionId,
    roleArn,
    definition,
    input,
    inputText,
  });
}

/** Starts the child of a map run for one item. */
export function startChild(
  account: Account,
  child: { readonly parent: Execution; readonly mapRun: MapRun; readonly scope: Scope; readonly input: Json },
): Execution {
  const { parent, mapRun, scope, input } = child;
  const machine = `${parent.stateMachineName}/${mapRun.label}`;
  const name = randomUUID();
  return beginExecution(account, {
    arn: executionArn(account.place, machine, name),
    name,
    stateMachineArn: stateMachineArn(account.place, machine),
    stateMachineName: machine,
    revisionId: parent.revisionId,
    roleArn: parent.roleArn,
    definition: scope,
    input,
    inputText: JSON.stringify(input),
    mapRun,
  });
}

/** Ends an execution as ABORTED and waits until it has ended; one that has ended already stays as it is. */
export async function stopExecution(
  account: Account,
  execution: Execution,
  { error, cause }: { readonly error: string | undefined; readonly cause: string | undefined },
): Promise<void> {
  if (execution.status === "RUNNING") execution.controller.abort(new Halt("ABORTED", error, cause));
  if (execution.status === "PENDING_REDRIVE") settle(account, execution, { status: "ABORTED", error, cause });
  await execution.done;
}

/** Redrives an execution where AWS would; throws ExecutionNotRedrivable with AWS's reason. A repeated client token changes nothing. */
export function redriveExecution(account: Account, execution: Execution, clientToken: string | undefined): void {
  if (clientToken !== undefined && execution.redriveToken === clientToken) return;
  const { status, reason } = redrivability(account, execution);
  if (status !== "REDRIVABLE") {
    throw new ApiError(
      "ExecutionNotRedrivable",
      reason ?? "Execution is redriven by its Map Run and cannot be redriven.",
    );
  }
  execution.redriveToken = clientToken;
  continueExecution(account, execution);
}
