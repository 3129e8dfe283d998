/** The names under which the functions count; alarms and dashboard use them. */
export const metricNamespace = "Backstitch";

/** The only dimension, and its value. */
export const metricService = "backstitch";

export const metricNames = {
  bars: "bars",
  segments: "segments",
  checkpointBytes: "checkpointBytes",
  checkpointMs: "checkpointMs",
  resumes: "resumes",
  /** Steps that found their run in other hands, and segments whose bars another invocation had committed. */
  zombiesStopped: "zombiesStopped",
  determinismViolations: "determinismViolations",
  completedRuns: "completedRuns",
  failedRuns: "failedRuns",
  runsUnderWay: "runsUnderWay",
  /** Since its creation, of the run under way that was created first. */
  oldestRunSeconds: "oldestRunSeconds",
  /** Since its last commit or change of status, of the run under way that has been still for longest. */
  stillRunSeconds: "stillRunSeconds",
} as const;
