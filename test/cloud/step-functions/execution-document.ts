import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import type { JsonObject } from "./json.ts";
import { redrivability } from "./redrivability.ts";

/** An execution as DescribeExecution answers it; without data the input and output are left out. */
export function executionDocument(
  account: Account,
  execution: Execution,
  { withData }: { readonly withData: boolean },
): JsonObject {
  const { arn, stateMachineArn, name, status, startDateMs, stopDateMs, outputText, error, cause } = execution;
  const { status: redriveStatus, reason } = redrivability(account, execution);
  const { mapRun, redriveCount, redriveDateMs, inputText } = execution;
  const outputDetails = { outputDetails: { included: withData } };
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: startDateMs / 1000,
    ...(stopDateMs === undefined ? {} : { stopDate: stopDateMs / 1000 }),
    ...(withData ? { input: inputText } : {}),
    inputDetails: { included: withData },
    ...(outputText === undefined ? {} : { ...(withData ? { output: outputText } : {}), ...outputDetails }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    ...(mapRun === undefined ? {} : { mapRunArn: mapRun.arn }),
    redriveCount,
    ...(redriveDateMs === undefined ? {} : { redriveDate: redriveDateMs / 1000 }),
    redriveStatus,
    ...(reason === undefined ? {} : { redriveStatusReason: reason }),
  };
}
