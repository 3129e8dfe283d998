/** An error of a state, as Retry and Catch see it: an error name and a cause. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly error: string | undefined;
  readonly reason: string | undefined;

  constructor(error: string | undefined, reason: string | undefined) {
    super(`${error ?? "(no error)"}: ${reason ?? ""}`);
    this.error = error;
    this.reason = reason;
  }

  /** What `$states.errorOutput` shows of it. */
  get output() {
    return { Error: this.error ?? "", Cause: this.reason ?? "" };
  }
}

/** The end of a whole execution, or of a branch whose sibling failed: nothing retries or catches it. */
export class Halt extends Error {
  override readonly name = "Halt";
  readonly status: "ABORTED" | "FAILED" | "TIMED_OUT";
  readonly error: string | undefined;
  readonly reason: string | undefined;

  constructor(status: "ABORTED" | "FAILED" | "TIMED_OUT", error: string | undefined, reason: string | undefined) {
    super(`${status}: ${error ?? ""} ${reason ?? ""}`);
    this.status = status;
    this.error = error;
    this.reason = reason;
  }
}

/** A refusal of an API call under AWS's own error name. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly type: string;
  readonly statusCode: number;

  constructor(type: string, message: string, statusCode = 400) {
    super(message);
    this.type = type;
    this.statusCode = statusCode;
  }
}

/** The refusal of a definition; `at` is a JSON pointer into it. */
export function invalidDefinition(problem: string, at: string): ApiError {
  return new ApiError("InvalidDefinition", `Invalid State Machine Definition: '${problem} at ${at || "/"}'`);
}
