import type { Command } from "commander";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import type { AppendFlags } from "./data/append.ts";
import type { ExportBarsFlags } from "./data/export.ts";
import type { ImportFlags } from "./data/import.ts";
import { commaList, oneOf, positiveNumber } from "./option-values.ts";
import type { OutputFlags } from "./output-flags.ts";

/** `backstitch data …`: snapshots of bars. */
export function addDataCommands(program: Command): void {
  const data = program.command("data").description("import, append, ls, show, verify, export: snapshots of bars");

  const importing = data
    .command("import <files...>")
    .description("import CSV, Parquet, zip or gzip files, which form one series in any order, as a snapshot")
    .requiredOption("--symbol <symbol>", "the instrument, as in SP500 or BTCUSDT")
    .requiredOption("--timeframe <timeframe>", "the length of a bar: 1m, 5m, 1h, 1d, 1w, 1M (month)")
    .option("--name <name>", "the name under which specs find it (default: symbol and timeframe, as in sp500-1d)")
    .option(
      "--missing <policy>",
      `what to do with missing values: ${missingPolicies.join(", ")}`,
      oneOf(missingPolicies),
      "forward-fill",
    )
    .option("--adjusted", "scale the prices by adjusted close / close (splits and dividends)")
    .option("--currency <currency>", "the currency of the prices", "USD")
    .option("--tick <size>", "the smallest price step", positiveNumber)
    .option("--lot <size>", "the smallest quantity step", positiveNumber);
  addReadingFlags(importing)
    .addHelpText("after", importHelp)
    .action(async (files: readonly string[], _own, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags & OutputFlags>();
      const { importData } = await import("./data/import.ts");
      process.exitCode = await importData(files, flags, openConsole(flags));
    });

  const appending = data
    .command("append <files...>")
    .description("add later bars to a snapshot; what is stored already is shared")
    .option("--name <name>", "the snapshot to add to (or its name in front of the files)");
  addReadingFlags(appending)
    .addHelpText("after", appendHelp)
    .action(async (files: readonly string[], _own, command: Command) => {
      const flags = command.optsWithGlobals<AppendFlags & OutputFlags>();
      const { appendData } = await import("./data/append.ts");
      process.exitCode = await appendData(files, flags, openConsole(flags));
    });

  data
    .command("ls")
    .description("list the snapshots")
    .action(async (_own, command: Command) => {
      const { listData } = await import("./data/ls.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await listData(flags, openConsole(flags));
    });

  data
    .command("show <snapshot>")
    .description("show what a snapshot holds, where it came from, and its quality report")
    .action(async (snapshot: string, _own, command: Command) => {
      const { showData } = await import("./data/show.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await showData(snapshot, flags, openConsole(flags));
    });

  data
    .command("verify [snapshot]")
    .description("read every chunk and check hashes, counts, times and prices; of all snapshots when none is named")
    .action(async (snapshot: string | undefined, _own, command: Command) => {
      const { verifyData } = await import("./data/verify.ts");
      const flags = command.optsWithGlobals<CloudFlags & OutputFlags>();
      process.exitCode = await verifyData(snapshot, flags, openConsole(flags));
    });

  data
    .command("export <snapshot>")
    .description("write the bars to a file; importing it gives the same bits")
    .option("--format <format>", "csv, json or parquet", oneOf(["csv", "json", "parquet"] as const), "csv")
    .option(
      "-o, --out <file>",
      'the file to write, or "-" for stdout (default: the snapshot\'s name with the format as ending)',
    )
    .action(async (snapshot: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ExportBarsFlags & OutputFlags>();
      const { exportData } = await import("./data/export.ts");
      process.exitCode = await exportData(snapshot, flags, openConsole(flags));
    });
}

const missingPolicies = ["error", "forward-fill", "drop", "interpolate", "backfill"] as const;

/** How to understand files, for import and append alike. */
function addReadingFlags(command: Command): Command {
  const isAppend = command.name() === "append";
  return command
    .option(
      "--timezone <zone>",
      `IANA zone of times without an offset${isAppend ? " (default: the snapshot's)" : ""}`,
      isAppend ? undefined : "UTC",
    )
    .option(
      "--bar-label <end>",
      "which end of a bar its time names: open or close",
      oneOf(["open", "close"] as const),
      "open",
    )
    .option(
      "--columns <names>",
      'the columns in the order of the file, "-" for one to leave out: time,open,high,low,close,volume',
      commaList,
    )
    .option(
      "--time-format <order>",
      "MM/DD/YYYY or DD/MM/YYYY, for dates with slashes",
      oneOf(["MM/DD/YYYY", "DD/MM/YYYY"] as const),
    )
    .option("--price-scale <factor>", "multiply every price, as in 0.0001", positiveNumber);
}

const importHelp = `
Header names are recognised in the usual spellings (Yahoo, Stooq, Binance klines, LEAN, pandas);
times may be ISO 8601, dates, or epochs in s, ms or µs. Bars are kept under their open time in UTC.

Examples:
  backstitch data import sp500.csv --symbol SP500 --timeframe 1d --name sp500
  backstitch data import BTCUSDT-1m-2024-*.zip --symbol BTCUSDT --timeframe 1m --currency USDT
  backstitch data import es.csv --symbol ES --timeframe 5m \\
    --timezone America/New_York --bar-label close
  backstitch data import noheader.csv --symbol X --timeframe 1h \\
    --columns time,open,high,low,close,-,volume`;

const appendHelp = `
Rows that are stored already are skipped when they are the same, and refused when they differ.

Examples:
  backstitch data append sp500-may.csv --name sp500
  backstitch data append sp500 sp500-may.csv
  backstitch extend latest --data sp500              go on with a finished run over the new bars`;
