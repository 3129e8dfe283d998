import { readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { openEstimates } from "../../cloud/estimates.ts";
import { usualPlace } from "../../cloud/planned-place.ts";
import { type ApiServer, type ServerAddress, serveApi } from "../../local/api-server.ts";
import { homeFolder } from "../../local/home.ts";
import { openLocalApi } from "../../local/open-local-api.ts";
import type { RunRecord } from "../../run/run-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf } from "../quantity-text.ts";
import { stopOnSignal } from "../stop-on-signal.ts";

export type ServeFlags = {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly strategies?: string;
  readonly concurrency?: number;
  readonly stack?: string;
  readonly table?: string;
  readonly bucket?: string;
  readonly stateMachine?: string;
  readonly sweepStateMachine?: string;
  readonly importStateMachine?: string;
};

/** `serve`: the HTTP API until a signal ends it. */
export function serve(flags: ServeFlags & CloudFlags, console: Console): Promise<ExitCode> {
  return flags.cloud === true ? serveCloud(flags, console) : serveHome(flags, console);
}

function serveHome(flags: ServeFlags, console: Console): Promise<ExitCode> {
  return atHome<ExitCode>(async ({ folder, stores }) => {
    const { workflow, sweepWorkflow, deps } = await openLocalApi({
      home: folder,
      stores,
      concurrency: flags.concurrency ?? availableParallelism(),
      strategiesFolder: flags.strategies,
      version: packageVersion(),
      onFault: tellFault(console),
    });
    const workers = flags.concurrency ?? availableParallelism();
    const estimates = openEstimates({ place: usualPlace, workers, machine: `the server ${hostname()}`, stores });
    const server = await serveApi({ ...deps, estimates }, addressOf(flags));
    try {
      const continued = await workflow.continueLeft();
      const sweeps = await sweepWorkflow.continueLeft();
      tellServing(server, deps.home, continued, console);
      if (continued.length > 0) console.note(`Going on with ${countOf(continued.length, "run")} of the server before.`);
      if (sweeps.length > 0) console.note(`Going on with ${countOf(sweeps.length, "sweep")} of the server before.`);
      await untilSignal(console);
    } finally {
      // Also where a record cannot be read: a server that went on listening would answer without its stores.
      await Promise.all([workflow.stopAll(), sweepWorkflow.stopAll()]);
      await server.close();
    }
    return 0;
  });
}

/** Runs go on in the cloud whether this server is there or not. */
async function serveCloud(flags: ServeFlags & CloudFlags, console: Console): Promise<ExitCode> {
  const { profile, region, endpointUrl } = flags;
  // The SDK's clients are loaded where they are needed.
  const { openCloudApi } = await import("../../cloud/open-cloud-api.ts");
  const { deps, close } = await openCloudApi({
    access: {
      ...(profile === undefined ? {} : { profile }),
      ...(region === undefined ? {} : { region }),
      ...(endpointUrl === undefined ? {} : { endpointUrl }),
    },
    resources: flags,
    home: homeFolder(),
    strategiesFolder: flags.strategies,
    version: packageVersion(),
    onFault: tellFault(console),
  });
  const server = await serveApi(deps, addressOf(flags));
  tellServing(server, deps.home, [], console);
  await untilSignal(console);
  await server.close();
  await close();
  return 0;
}

function tellServing({ url }: ApiServer, home: string, continued: readonly RunRecord[], console: Console): void {
  console.answer(
    { url, home, continued: continued.map(({ runId }) => runId) },
    `Serving ${home} at ${url} (API: ${url}/openapi.json)`,
  );
}

function addressOf(flags: ServeFlags): ServerAddress {
  return { host: flags.host, port: flags.port, token: tokenOf(flags) };
}

function untilSignal(console: Console): Promise<void> {
  return new Promise((resolve) => {
    stopOnSignal(() => {
      console.warn(
        "Stopping: runs of this machine checkpoint at the end of their current chunk; once more to kill at once.",
      );
      resolve();
    });
  });
}

function tokenOf({ token }: ServeFlags): string | undefined {
  const { BACKSTITCH_API_TOKEN } = process.env;
  const given = token ?? BACKSTITCH_API_TOKEN;
  return given === "" ? undefined : given;
}

/** A fault of backstitch or of the stores is told to whoever runs the server, not to whoever asked. */
function tellFault(console: Console): (error: unknown, path: string) => void {
  return (error, path) => {
    console.warn(`${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "unknown";
}
