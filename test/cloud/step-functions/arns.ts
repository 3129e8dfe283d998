/** Where a server claims to stand; every ARN carries both. */
export type Place = { readonly region: string; readonly account: string };

/** The ARN of a state machine. */
export function stateMachineArn({ region, account }: Place, name: string): string {
  return `arn:aws:states:${region}:${account}:stateMachine:${name}`;
}

/** The ARN of an execution of the named state machine; a child of a Distributed Map is of `machine/Label`. */
export function executionArn({ region, account }: Place, machine: string, name: string): string {
  return `arn:aws:states:${region}:${account}:execution:${machine}:${name}`;
}

/** The ARN of a map run. */
export function mapRunArn({ region, account }: Place, machineAndLabel: string, id: string): string {
  return `arn:aws:states:${region}:${account}:mapRun:${machineAndLabel}:${id}`;
}
