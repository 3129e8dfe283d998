import { z } from "zod";
import type { Api } from "./api-client.ts";
import { type RemoteCheckpoints, remoteCheckpoints } from "./remote-checkpoints.ts";
import { type RemoteRuns, remoteRuns } from "./remote-runs.ts";
import { type RemoteSnapshots, remoteSnapshots } from "./remote-snapshots.ts";

/** What a place on the other side of the HTTP API answers: the same documents as one's own stores give, checked as they come in. */
export type Remote = {
  readonly url: string;
  readonly runs: RemoteRuns;
  readonly checkpoints: RemoteCheckpoints;
  readonly snapshots: RemoteSnapshots;
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
    checkpoints: remoteCheckpoints(api),
    snapshots: remoteSnapshots(api),
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
