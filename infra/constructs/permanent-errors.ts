/**
 * Names of the project's errors that a repeat cannot cure; `test/infra/permanent-errors.test.ts` holds both lists against the code, so that a new
 * error has to be put into one of them. AssertionError is an invariant that does not hold: a bug.
 */
export const permanentErrors = [
  "AssertionError",
  "BarOrderError",
  "BarsInputError",
  "CheckpointDamagedError",
  "CheckpointFormatError",
  "CorruptObjectError",
  "DecisionSectionError",
  "DeterminismViolationError",
  "ExpressionError",
  "FeatureError",
  "FeatureGrammarError",
  "IdPrefixError",
  "ImportCallError",
  "IndicatorError",
  "InferenceFaultsError",
  "InputError",
  "KernelStateError",
  "MembershipError",
  "MissingCheckpointError",
  "MissingObjectError",
  "MissingRunError",
  "MissingVariableError",
  "PageCursorError",
  "PartFormatError",
  "ProtobufError",
  "ResultDamagedError",
  "RunRecordError",
  "RunTooLargeError",
  "RuntimeMissingError",
  "SnapshotDamagedError",
  "SnapshotFormatError",
  "SnapshotTooLargeError",
  "SpecError",
  "StepCallError",
  "StrategyChangedError",
  "StrategyError",
  "StrategyInputError",
  "UnencodableStateError",
  "UnseededForkError",
] as const;

/** Names of the project's errors that pass by themselves. */
export const transientErrors = ["AppendLostError", "ContentionError"] as const;
