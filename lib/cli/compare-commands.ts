import type { Command } from "commander";
import type { CompareFlags } from "./compare.ts";
import { openConsole } from "./console.ts";
import { oneOf } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";
import type { ParityFlags } from "./parity.ts";

/** `backstitch compare` and `backstitch parity`. */
export function addCompareCommands(program: Command): void {
  program
    .command("compare <experiments...>")
    .description("set 2 to 10 runs or sweeps side by side: what they assumed differently, and their metrics")
    .option("-o, --out <file>", "also write a page with their equity in one chart")
    .addHelpText("after", compareHelp)
    .action(async (experiments: readonly string[], _own, command: Command) => {
      const flags = command.optsWithGlobals<CompareFlags & OutputFlags>();
      const { compare } = await import("./compare.ts");
      process.exitCode = await compare(experiments, flags, openConsole(flags));
    });

  program
    .command("parity <a> <b>")
    .description("whether two results are the same within limits; exit code 1 when they are not")
    .option(
      "--preset <preset>",
      "the limits: engines (between two engines), handoff (between two versions of one), exact (nothing may differ)",
      oneOf(["engines", "handoff", "exact"] as const),
      "engines",
    )
    .addHelpText("after", parityHelp)
    .action(async (a: string, b: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ParityFlags & OutputFlags>();
      const { parity } = await import("./parity.ts");
      process.exitCode = await parity([a, b], flags, openConsole(flags));
    });
}

const compareHelp = `
Of a run with several lanes, say which one: RUN:LANE, counted from 0. A sweep is its stitched
record out of sample, or its best lane where it has no windows.

Examples:
  backstitch compare sp500-sma-1a2b3c4d sp500-sma-5e6f7a8b
  backstitch compare grid-1a2b3c4d:0 grid-1a2b3c4d:32 --out compare.html`;

const parityHelp = `
Limits (engines / handoff): final equity 0.1 % / 0.1 %, CAGR 0.15 / 0.05 points, max drawdown
0.2 / 0.5 points, Sharpe 0.05 / 0.02, closed trades 1 / 0; both: 99 % of the equity points within
0.25 %, none beyond 1 %, the same number of points at the same times.

Examples:
  backstitch parity sp500-sma-1a2b3c4d latest
  backstitch parity sp500-sma-1a2b3c4d latest --preset exact`;
