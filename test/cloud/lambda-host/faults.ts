/** What goes wrong with one invocation. */
export type Fault =
  /** Refused with TooManyRequestsException, and not delivered. */
  | { readonly kind: "throttle" }
  /** The process is killed (SIGKILL) this long after it got the invocation. */
  | { readonly kind: "kill"; readonly afterMs: number }
  /** The function's work is done, and its process dies before the answer gets through. */
  | { readonly kind: "loseAnswer" }
  /** Delivered to a second process too, this long after the first delivery; the caller hears the first. */
  | { readonly kind: "deliverAgain"; readonly afterMs: number }
  /** The caller is told a timeout after this long, and the process goes on as if nothing had happened. */
  | { readonly kind: "abandon"; readonly afterMs: number }
  /** Has this much time instead of the function's own; then its process is killed. */
  | { readonly kind: "shortDeadline"; readonly ms: number };

/** An invocation as the one who plans faults sees it. */
export type PlannedInvocation = {
  readonly functionName: string;
  /** Counts the invocations of the function from 1. */
  readonly count: number;
  readonly payload: unknown;
};

/** Decides what goes wrong with an invocation; most of the time nothing. */
export type FaultPlan = (invocation: PlannedInvocation) => Fault | undefined;
