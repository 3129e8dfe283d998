import type { Stores } from "../stores/stores.ts";
import { namedStrategies } from "../strategies/load-strategy.ts";
import type { ServedDeps } from "./api-server.ts";
import { type LocalSweepWorkflow, openLocalSweepWorkflow } from "./local-sweep-workflow.ts";
import { openLocalUploads } from "./local-uploads.ts";
import { type LocalWorkflow, openLocalWorkflow } from "./local-workflow.ts";
import { registerStrategiesIn } from "./strategies-folder.ts";

export type LocalApiOptions = {
  readonly home: string;
  readonly stores: Stores;
  readonly concurrency: number;
  /** Registers the strategies of this folder, so that specs may name them. */
  readonly strategiesFolder: string | undefined;
  readonly version: string;
  readonly onFault: (error: unknown, path: string) => void;
};

/** The API over the stores of this machine, computing in worker threads of this process. Throws StrategyInputError for the folder. */
export async function openLocalApi(options: LocalApiOptions): Promise<{
  readonly deps: ServedDeps;
  readonly workflow: LocalWorkflow;
  readonly sweepWorkflow: LocalSweepWorkflow;
}> {
  const { home, stores, concurrency, strategiesFolder, version, onFault } = options;
  if (strategiesFolder !== undefined) await registerStrategiesIn(strategiesFolder);
  const workflow = openLocalWorkflow({
    home,
    stores,
    concurrency,
    onFault: (error) => onFault(error, "workflow"),
    ...(strategiesFolder === undefined ? {} : { strategiesFolder }),
  });
  const sweepWorkflow = openLocalSweepWorkflow({
    home,
    stores,
    workers: concurrency,
    ...(strategiesFolder === undefined ? {} : { strategiesFolder }),
    onFault: (error) => onFault(error, "sweeps"),
  });
  return {
    workflow,
    sweepWorkflow,
    deps: {
      stores,
      workflow,
      sweepWorkflow,
      uploads: openLocalUploads(home, stores),
      strategies: namedStrategies,
      home,
      version,
      onFault,
    },
  };
}
