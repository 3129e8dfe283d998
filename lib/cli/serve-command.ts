import type { Command } from "commander";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import { wholeNumber } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";
import type { ServeFlags } from "./serve/serve.ts";

/** `backstitch serve`. */
export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("serve the HTTP API on this machine; runs are computed in its threads, or with --cloud on AWS")
    .option("--port <n>", "the port; 0 for any free one", wholeNumber(0), 4400)
    .option("--host <address>", "the address to listen on; others than this machine's own need a token", "127.0.0.1")
    .option("--token <token>", "what callers must send as a bearer token (default: BACKSTITCH_API_TOKEN, if set)")
    .option("--strategies <folder>", "register the strategies of this folder, so that specs may name them")
    .option("--concurrency <n>", "how many runs to compute at the same time (default: one a core)", wholeNumber(1))
    .option("--stack <name>", "with --cloud: the stack that deploy must have noted here (default: whichever it noted)")
    .option("--table <name>", "with --cloud: the table, instead of the stack's")
    .option("--bucket <name>", "with --cloud: the bucket, instead of the stack's")
    .option("--state-machine <arn>", "with --cloud: the state machine of runs, instead of the stack's")
    .option("--sweep-state-machine <arn>", "with --cloud: the state machine of sweeps, instead of the stack's")
    .option("--import-state-machine <arn>", "with --cloud: the state machine of imports, instead of the stack's")
    .addHelpText("after", serveHelp)
    .action(async (_own, command: Command) => {
      const flags = command.optsWithGlobals<ServeFlags & CloudFlags & OutputFlags>();
      const { serve } = await import("./serve/serve.ts");
      process.exitCode = await serve(flags, openConsole(flags));
    });
}

const serveHelp = `
Ctrl-C and SIGTERM make every run checkpoint and stop; the next serve goes on with them.

Examples:
  backstitch serve
  backstitch serve --host 0.0.0.0 --token "$(openssl rand -hex 32)"
  backstitch serve --strategies ./strategies
  backstitch serve --cloud --endpoint-url http://localhost:4566
  curl -s localhost:4400/health
  curl -s localhost:4400/runs -H 'Content-Type: application/json' -d @spec.json`;
