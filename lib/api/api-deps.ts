import type { RunCost, RunHome } from "../report/run-document.ts";
import type { RequestStore } from "../run/request-store.ts";
import type { PlannedRun } from "../run/start-run.ts";
import type { LoadedStrategy } from "../strategies/load-strategy.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";
import type { SweepSpec } from "../sweep/sweep-spec.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import type { Identify } from "./caller.ts";
import type { RunPlan, WantedFunctions } from "./run-plan.ts";
import type { RunWorkflow } from "./run-workflow.ts";
import type { SweepEstimate } from "./sweep-estimate.ts";
import type { SweepWorkflow } from "./sweep-workflow.ts";
import type { Uploads } from "./uploads.ts";

/** All that the API needs of the place where it runs: a Lambda function, or a server on one's own machine. */
export type ApiDeps = {
  readonly stores: SweepStores & { readonly requests: RequestStore };
  readonly workflow: RunWorkflow;
  /** Absent where sweeps cannot be computed: those that there are can still be read. */
  readonly sweepWorkflow?: SweepWorkflow;
  readonly uploads: Uploads;
  /** Every strategy that a spec may name, by name. */
  readonly strategies: () => ReadonlyMap<string, LoadedStrategy>;
  readonly identify: Identify;
  readonly limits: ApiLimits;
  /** Where the stores lie, as a person knows it. */
  readonly home: string;
  /** What a run has cost; nothing where this is absent. */
  readonly costOf?: NonNullable<RunHome["costOf"]>;
  /** What runs and sweeps would take. Absent where that is not known. */
  readonly estimates?: Estimates;
  /** What a sweep has cost; nothing where this is absent. */
  readonly sweepCostOf?: (sweep: SweepRecord) => Promise<RunCost>;
  /** Whether an answer may be sent piece by piece; where not, events are only polled. */
  readonly canStream: boolean;
  /** The version of the package. */
  readonly version: string;
  /** Is told of errors that nobody throws on purpose: the one who asked only learns that there was one. */
  readonly onFault: (error: unknown, path: string) => void;
};

/** What runs and sweeps would take on AWS, measured on a sample of them. */
export type Estimates = {
  readonly run: (plan: PlannedRun, wanted: WantedFunctions) => Promise<RunPlan>;
  readonly sweep: (spec: SweepSpec) => Promise<SweepEstimate>;
};

export type ApiLimits = {
  /** Bodies of requests beyond this are refused; uploads to a server of one's own have their own limit. */
  readonly bodyBytes: number;
  /** JSON answers beyond this are refused, with the paged route to use instead. */
  readonly answerBytes: number;
  /** How long a call works that may look at everything there is: then it answers what it has done, and where to go on. */
  readonly workMs: number;
};
