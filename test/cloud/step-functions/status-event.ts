import { randomUUID } from "node:crypto";
import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import type { JsonObject } from "./json.ts";
import { redrivability } from "./redrivability.ts";

/** The EventBridge event "Step Functions Execution Status Change" of an execution as it is now; dates are in milliseconds. */
export function statusEvent(account: Account, execution: Execution): JsonObject {
  const { redriveCount, redriveDateMs } = execution;
  const { status: redriveStatus, reason } = redrivability(account, execution);
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Step Functions Execution Status Change",
    source: "aws.states",
    account: account.place.account,
    time: new Date(account.now()).toISOString(),
    region: account.place.region,
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.stateMachineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startDateMs,
      stopDate: execution.stopDateMs ?? null,
      input: execution.inputText,
      inputDetails: { included: true },
      output: execution.outputText ?? null,
      outputDetails: execution.outputText === undefined ? null : { included: true },
      error: execution.error ?? null,
      cause: execution.cause ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount,
      redriveDate: redriveDateMs ?? null,
      redriveStatus,
      redriveStatusReason: reason ?? null,
    },
  };
}
