import { z } from "zod";
import type { ParityPreset, parityDocument } from "../report/comparison-document.ts";
import type { Api } from "./api-client.ts";
import { type RemoteCheckpoints, remoteCheckpoints } from "./remote-checkpoints.ts";
import { type RemoteModels, remoteModels } from "./remote-models.ts";
import { type RemoteRuns, remoteRuns } from "./remote-runs.ts";
import { type RemoteSnapshots, remoteSnapshots } from "./remote-snapshots.ts";
import { type RemoteSweeps, remoteSweeps } from "./remote-sweeps.ts";

/** What a place on the other side of the HTTP API answers: the same documents as one's own stores give, checked as they come in. */
export type Remote = {
  readonly url: string;
  readonly runs: RemoteRuns;
  readonly sweeps: RemoteSweeps;
  /** Whether two results there are the same within a preset's limits. */
  parity(a: string, b: string, preset: ParityPreset): Promise<ParityDocument>;
  readonly checkpoints: RemoteCheckpoints;
  readonly snapshots: RemoteSnapshots;
  readonly models: RemoteModels;
  /** The strategies that specs may name there. */
  readonly strategies: {
    list(): Promise<readonly RemoteStrategy[]>;
    get(name: string): Promise<RemoteStrategy>;
  };
};

export function remoteOf(api: Api): Remote {
  return {
    url: api.url,
    runs: remoteRuns(api),
    sweeps: remoteSweeps(api),
    parity: async (a, b, preset) => parityAnswer.parse(await api.get("/parity", { a, b, preset })) as ParityDocument,
    checkpoints: remoteCheckpoints(api),
    snapshots: remoteSnapshots(api),
    models: remoteModels(api),
    strategies: {
      list: async () => strategiesAnswer.parse(await api.get("/strategies")).strategies,
      get: async (name) => strategySchema.parse(await api.get(`/strategies/${encodeURIComponent(name)}`)),
    },
  };
}

export type RemoteStrategy = z.output<typeof strategySchema>;

const strategySchema = z.object({
  name: z.string(),
  description: z.string(),
  digest: z.string(),
  parameters: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      default: z.unknown(),
      required: z.boolean(),
      limits: z.array(z.string()),
      description: z.string(),
    }),
  ),
});
const strategiesAnswer = z.object({ strategies: z.array(strategySchema) });

type ParityDocument = Awaited<ReturnType<typeof parityDocument>>;

/** The rest of the document is what the preset names. */
const parityAnswer = z.looseObject({
  passed: z.boolean(),
  curves: z.enum(["compared", "missing"]),
  checks: z.array(
    z.looseObject({ what: z.string(), difference: z.number().nullable(), limit: z.number(), passed: z.boolean() }),
  ),
  assumedDifferently: z.array(z.string()),
});
