import { Duration } from "aws-cdk-lib";
import { Errors, JitterType, type RetryProps, type TaskStateBase } from "aws-cdk-lib/aws-stepfunctions";
import { permanentErrors } from "./permanent-errors.ts";

/**
 * Adds the retries of a task that calls a function. Step Functions takes the first that names the error and counts for each its own attempts; the delay is
 * drawn from zero to the doubled one (full jitter), so that throttled runs do not come back together. Every step may be repeated.
 */
export function retryFunction(task: TaskStateBase): void {
  for (const retry of retries) task.addRetry(retry);
}

/** The name is an execution's already: a repeat of the start, or the execution has ended. */
export const nameIsTaken = "StepFunctions.ExecutionAlreadyExistsException";

/** Adds the retries of a task that starts an execution; a name that is taken is left to the task's Catch. */
export function retryStart(task: TaskStateBase): void {
  task.addRetry({ errors: [nameIsTaken], maxAttempts: 0 });
  task.addRetry(everythingElse);
}

// What the SDK threw after its own retries: throttling, dropped connections, errors of S3 and DynamoDB.
const everythingElse = backoff([Errors.ALL], { firstSeconds: 2, mostSeconds: 60, maxAttempts: 6 });

const retries: readonly RetryProps[] = [
  // A repeat would meet the same data, and a redrive starts here once the cause is removed.
  { errors: [...permanentErrors], maxAttempts: 0 },
  // The account's or the function's concurrency is used up: others finish in time. At most about 50 minutes.
  backoff(["Lambda.TooManyRequestsException"], { firstSeconds: 2, mostSeconds: 60, maxAttempts: 50 }),
  // Faults of the service.
  backoff(
    [
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.ClientExecutionTimeoutException",
    ],
    { firstSeconds: 2, mostSeconds: 60, maxAttempts: 8 },
  ),
  // The process hung, ran out of memory or died. Each attempt may cost a whole timeout, so there are few.
  backoff(["Sandbox.Timedout", "States.Timeout", "Lambda.Unknown", "Runtime.ExitError", "Runtime.OutOfMemory"], {
    firstSeconds: 1,
    mostSeconds: 30,
    maxAttempts: 4,
  }),
  everythingElse,
];

type Backoff = { readonly firstSeconds: number; readonly mostSeconds: number; readonly maxAttempts: number };

function backoff(errors: string[], { firstSeconds, mostSeconds, maxAttempts }: Backoff): RetryProps {
  return {
    errors,
    interval: Duration.seconds(firstSeconds),
    backoffRate: 2,
    maxDelay: Duration.seconds(mostSeconds),
    jitterStrategy: JitterType.FULL,
    maxAttempts,
  };
}
