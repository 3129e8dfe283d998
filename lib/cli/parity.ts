import { type ParityPreset, parityDocument } from "../report/comparison-document.ts";
import { findExperiment, parseExperimentReference } from "../report/find-experiment.ts";
import type { ParityCheck } from "../sweep/parity.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import type { Console, ExitCode } from "./console.ts";
import { atPlace } from "./place.ts";
import { left, nameList, right, textTable } from "./text-table.ts";

export type ParityFlags = CloudFlags & { readonly preset: ParityPreset };

/** `parity`: whether two results are the same within a preset's limits; exit code 1 when they are not. */
export async function parity(
  references: readonly [string, string],
  flags: ParityFlags,
  console: Console,
): Promise<ExitCode> {
  const [a, b] = references.map(parseExperimentReference);
  if (a === undefined || b === undefined) throw new Error("Parity is between two experiments.");
  const { preset } = flags;
  const document = await atPlace<ParityDocument>(flags, {
    local: async (home) => parityDocument(await findExperiment(a, home), await findExperiment(b, home), preset),
    cloud: ({ parity: answer }) => answer(...references, preset),
  });
  if (document.curves === "missing")
    console.warn("The equity curves are not compared: at least one side keeps none (record.facts: summary).");
  console.answer(document, parityText(document));
  return document.passed ? 0 : 1;
}

type ParityDocument = Awaited<ReturnType<typeof parityDocument>>;

function parityText({ a, b, preset, passed, checks, assumedDifferently }: ParityDocument): string {
  const failed = checks.filter((check) => !check.passed).length;
  const digests = a.resultDigest !== null && a.resultDigest === b.resultDigest ? " The result digests are equal." : "";
  return [
    passed
      ? `Within the limits of "${preset}".${digests}`
      : `Beyond the limits of "${preset}": ${failed} of ${checks.length} checks.`,
    "",
    nameList([
      ["A", a.id],
      ["B", b.id],
      assumedDifferently.length === 0 ? undefined : ["Assumed differently", assumedDifferently.join(", ")],
    ]),
    "",
    textTable(
      [left("CHECK"), right("DIFFERENCE"), right("LIMIT"), left("")],
      checks.map(({ what, difference, limit, passed: isWithin }) => [
        `  ${nameOf(what)}`,
        difference === null ? "undefined on one side" : shortNumber(difference),
        shortNumber(limit),
        isWithin ? "" : "beyond",
      ]),
    ),
  ].join("\n");
}

const names: { readonly [what in ParityCheck["what"]]?: string } = {
  finalEquity: "final equity (of A's)",
  cagr: "CAGR",
  maxDrawdown: "max drawdown",
  sharpe: "Sharpe ratio",
  closedTrades: "closed trades",
  points: "number of equity points",
  times: "points at other times",
  "points outside the limit": "share of points outside the limit",
  "furthest point": "furthest point (of A's)",
};

function nameOf(what: string): string {
  return names[what] ?? what;
}

function shortNumber(value: number): string {
  return value === 0 ? "0" : String(Number(value.toPrecision(3)));
}
