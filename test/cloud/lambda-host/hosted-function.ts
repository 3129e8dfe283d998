/** A function as the host runs it. */
export type HostedFunction = {
  readonly name: string;
  /** The folder with its bundle. */
  readonly folder: string;
  /** Module and export, as in "index.handler". */
  readonly handler: string;
  readonly env: { readonly [name: string]: string };
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Invocations at once; more are answered with TooManyRequestsException. As many as come, when left out. */
  readonly reservedConcurrency?: number;
};

/** What became of an invocation, as the Invoke API tells it. */
export type Answer =
  | { readonly kind: "answered"; readonly payload: string }
  /** The function's error: `payload` is JSON with `errorType` and `errorMessage`. */
  | { readonly kind: "failed"; readonly payload: string };

/** The failure that Lambda reports in the function's stead. */
export function failedBy(errorType: string, errorMessage: string): Answer {
  return { kind: "failed", payload: JSON.stringify({ errorType, errorMessage }) };
}

/** The largest payload of a synchronous invocation and of its answer, and of an asynchronous one. */
export const payloadBytes = { synchronous: 6 * 1_048_576, asynchronous: 1_048_576 } as const;
