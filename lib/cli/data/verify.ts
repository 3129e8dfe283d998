import { findSnapshot } from "../../market/find-snapshot.ts";
import { type VerifyReport, verifySnapshot } from "../../market/verify-snapshot.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf, shortId, sizeText } from "../quantity-text.ts";

/** `data verify`: reads everything back; exit code 1 when something is damaged. */
export function verifyData(reference: string | undefined, console: Console): Promise<ExitCode> {
  return atHome(async ({ stores }) => {
    const names = reference === undefined ? (await stores.snapshots.list()).map((entry) => entry.name) : [reference];
    const reports: (VerifyReport & { readonly name: string })[] = [];
    for (const name of names) {
      reports.push({ name, ...(await verifySnapshot(await findSnapshot(name, stores.snapshots), stores.objects)) });
    }
    const isWhole = reports.every((report) => report.problems.length === 0);
    console.answer(
      { ok: isWhole, snapshots: reports },
      reports.length === 0 ? "There are no snapshots to verify." : reports.map(reportText).join("\n"),
    );
    return isWhole ? 0 : 1;
  });
}

function reportText({
  name,
  snapshotId,
  barCount,
  chunkCount,
  sizeBytes,
  problems,
}: VerifyReport & { readonly name: string }): string {
  const what = `${name} (${shortId(snapshotId)}): ${countOf(barCount, "bar")} in ${countOf(chunkCount, "chunk")}, ${sizeText(sizeBytes)}`;
  if (problems.length === 0) return `${what}: whole`;
  return [
    `${what}: DAMAGED, ${countOf(problems.length, "problem")}`,
    ...problems.map(({ message }) => `  ${message}`),
  ].join("\n");
}
