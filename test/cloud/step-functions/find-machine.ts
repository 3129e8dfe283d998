import type { Account, StateMachine } from "./account.ts";
import { ApiError } from "./failures.ts";

/** The machine of an ARN, or undefined; one that was deleted is gone once none of its executions runs. */
export function findMachine(account: Account, arn: string): StateMachine | undefined {
  const machine = account.machines.get(arn);
  if (machine === undefined || machine.status === "ACTIVE" || isInUse(account, machine)) return machine;
  account.machines.delete(arn);
  return undefined;
}

/** The machine of an ARN; throws StateMachineDoesNotExist. */
export function requireMachine(account: Account, arn: string): StateMachine {
  const machine = findMachine(account, arn);
  if (machine === undefined) throw new ApiError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  return machine;
}

/** Throws StateMachineDeleting for a machine that takes no more changes and executions. */
export function refuseDeleting({ arn, status }: StateMachine): void {
  if (status === "DELETING") throw new ApiError("StateMachineDeleting", `State Machine is being deleted: '${arn}'`);
}

function isInUse({ executions }: Account, { arn }: StateMachine): boolean {
  return [...executions.values()].some(
    ({ stateMachineArn, status }) => stateMachineArn === arn && status === "RUNNING",
  );
}
