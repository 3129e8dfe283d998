/**
 * Names of the project's errors that a repeat cannot cure; `test/infra/permanent-errors.test.ts` holds both lists against the code, so that a new
 * error has to be put into one of them. AssertionError is an invariant that does not hold: a bug.
 */
export const permanentErrors = [
  "AssertionError",
  "BarOrderError",
  "BarsInputError",
  "BranchError",
  "CheckpointDamagedError",
  "CheckpointFormatError",
  "CorruptObjectError",
  "DeterminismViolationError",
  "IdPrefixError",
  "InputError",
  "KernelStateError",
  "MissingCheckpointError",
  "MissingObjectError",
  "MissingRunError",
  "MissingVariableError",
  "PageCursorError",
  "PartFormatError",
  "PartRowsError",
  "ResultDamagedError",
  "RunDamagedError",
  "RunRecordError",
  "RunTooLargeError",
  "SetError",
  "SnapshotDamagedError",
  "SnapshotFormatError",
  "SpecError",
  "StepCallError",
  "StrategyChangedError",
  "StrategyError",
  "StrategyInputError",
  "UnencodableStateError",
  "UnknownCheckpointError",
  "UnknownRunError",
  "UnseededForkError",
] as const;

/** Names of the project's errors that pass by themselves. */
export const transientErrors = ["ContentionError"] as const;
