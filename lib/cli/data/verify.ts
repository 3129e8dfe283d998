import { findSnapshot } from "../../market/find-snapshot.ts";
import { type VerifyReport, verifySnapshot } from "../../market/verify-snapshot.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf, shortId, sizeText } from "../quantity-text.ts";

/** `data verify`: reads everything back; exit code 1 when something is damaged. */
export async function verifyData(
  reference: string | undefined,
  flags: CloudFlags,
  console: Console,
): Promise<ExitCode> {
  const reports = await atPlace<readonly NamedReport[]>(flags, {
    local: async ({ stores: { snapshots, objects } }) =>
      verifyAll(reference, await snapshots.list(), async (name) =>
        verifySnapshot(await findSnapshot(name, snapshots), objects),
      ),
    cloud: async ({ snapshots }) =>
      verifyAll(reference, reference === undefined ? await snapshots.list() : [], async (name) => {
        const { ok: _, ...report } = await snapshots.verify(name);
        return report;
      }),
  });
  const isWhole = reports.every((report) => report.problems.length === 0);
  console.answer(
    { ok: isWhole, snapshots: reports },
    reports.length === 0 ? "There are no snapshots to verify." : reports.map(reportText).join("\n"),
  );
  return isWhole ? 0 : 1;
}

type Report = Omit<VerifyReport, "problems"> & { readonly problems: readonly { readonly message: string }[] };
type NamedReport = Report & { readonly name: string };

async function verifyAll(
  reference: string | undefined,
  all: readonly { readonly name: string }[],
  verify: (name: string) => Promise<Report>,
): Promise<readonly NamedReport[]> {
  const reports: NamedReport[] = [];
  for (const name of reference === undefined ? all.map((entry) => entry.name) : [reference])
    reports.push({ name, ...(await verify(name)) });
  return reports;
}

function reportText({ name, snapshotId, barCount, chunkCount, sizeBytes, problems }: NamedReport): string {
  const what = `${name} (${shortId(snapshotId)}): ${countOf(barCount, "bar")} in ${countOf(chunkCount, "chunk")}, ${sizeText(sizeBytes)}`;
  if (problems.length === 0) return `${what}: whole`;
  return [
    `${what}: DAMAGED, ${countOf(problems.length, "problem")}`,
    ...problems.map(({ message }) => `  ${message}`),
  ].join("\n");
}
