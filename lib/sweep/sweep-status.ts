export type BatchStatus = "pending" | "running" | "completed" | "partial" | "failed" | "cancelled";

/** What became of the members of a batch so far. */
export type BatchCounts = {
  readonly total: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
};

/** The status of a batch by its members; once cancelled it stays so, whatever ends later. */
export function batchStatus(
  { total, running, completed, failed }: BatchCounts,
  isCancelled: "cancelled" | "live",
): BatchStatus {
  if (isCancelled === "cancelled") return "cancelled";
  const ended = completed + failed;
  if (ended < total) return ended + running > 0 ? "running" : "pending";
  if (failed === 0) return "completed";
  return completed === 0 ? "failed" : "partial";
}

export type FailureCategory =
  | "parameter_error"
  | "data_error"
  | "memory_error"
  | "timeout"
  | "engine_error"
  | "strategy_error"
  | "unknown";

/** Looked at in order: the first pattern that fits an error's name or message decides. */
const patterns: readonly (readonly [RegExp, FailureCategory])[] = [
  [/out of memory|heap|ENOMEM|memory/i, "memory_error"],
  [/timed? ?out|deadline/i, "timeout"],
  [/insufficient data|not found|no such file|snapshot|chunk|missing|\bbars?\b|\bdata\b/i, "data_error"],
  [/StrategyError/, "strategy_error"],
  [/parameter|SpecError|params/i, "parameter_error"],
  [/engine|determinism|assert/i, "engine_error"],
];

/** What kind of failure an error's name and message tell of. */
export function failureCategory(name: string, message: string): FailureCategory {
  const text = `${name}: ${message}`;
  return patterns.find(([pattern]) => pattern.test(text))?.[1] ?? "unknown";
}

/** How many failures there are of each kind, in order of the kinds' names. */
export function failuresByCategory(failures: readonly { readonly name: string; readonly message: string }[]) {
  const counts = new Map<FailureCategory, number>();
  for (const { name, message } of failures) {
    const category = failureCategory(name, message);
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
