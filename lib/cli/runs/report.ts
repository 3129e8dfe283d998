import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findRunOrSweep } from "../../report/find-run-or-sweep.ts";
import { renderReport } from "../../report/render-report.ts";
import { collectReport } from "../../report/report-input.ts";
import { renderSweepReport } from "../../report/sweep-report.ts";
import { collectSweepReport } from "../../report/sweep-report-input.ts";
import type { Stores } from "../../stores/stores.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { findRemote } from "../find-remote.ts";
import { assertLane, laneCountWith } from "../lane-count.ts";
import { atPlace } from "../place.ts";
import { sizeText } from "../quantity-text.ts";
import { OutputError, onePiece, writeFileWhole } from "../write-file.ts";

export type ReportFlags = CloudFlags & { readonly lane: number; readonly out?: string; readonly open?: boolean };

/** `report`: one self-contained HTML file about a run or a sweep. */
export async function reportRun(reference: string, flags: ReportFlags, console: Console): Promise<ExitCode> {
  const { lane } = flags;
  const { id, page } = await atPlace(flags, {
    local: async ({ stores }) => {
      const found = await findRunOrSweep(reference, stores);
      if (found.kind === "sweep")
        return { id: sweepIdWith(found.sweep, lane), page: await sweepPage(found.sweep, stores) };
      const { run } = found;
      laneCountWith(lane, run);
      return {
        id: { runId: run.runId, lane },
        page: renderReport(await collectReport(run.runId, lane, stores)),
      };
    },
    cloud: async ({ runs, sweeps }) => {
      const found = await findRemote(reference, { runs, sweeps });
      if (found.kind === "sweep")
        return { id: sweepIdWith(found.sweep, lane), page: await sweeps.report(found.sweep.sweepId) };
      const { runId, lanes } = found.run;
      assertLane(lane, runId, lanes.length);
      return { id: { runId, lane }, page: await runs.report(runId, lane) };
    },
  });
  const name = "sweepId" in id ? id.sweepId : `${id.runId}${lane === 0 ? "" : `-lane-${lane}`}`;
  const file = resolve(flags.out ?? `${name}.html`);
  const sizeBytes = await writeFileWhole(file, onePiece(page));
  const isOpened = flags.open === true && (await openInBrowser(file));
  if (flags.open === true && !isOpened)
    console.warn(`Found no browser to open it with. Open it yourself: ${pathToFileURL(file).href}`);
  console.answer({ ...id, file, sizeBytes, opened: isOpened }, `Wrote the report to ${file} (${sizeText(sizeBytes)}).`);
  return 0;
}

function sweepIdWith({ sweepId }: Pick<SweepRecord, "sweepId">, lane: number): { readonly sweepId: string } {
  if (lane === 0) return { sweepId };
  throw new OutputError(
    `--lane ${lane}: ${sweepId} is a sweep, whose report is of all its lanes. Leave --lane out, or name the run of a winner (backstitch sweep show ${sweepId}).`,
  );
}

async function sweepPage(sweep: SweepRecord, stores: Stores): Promise<string> {
  return renderSweepReport(await collectSweepReport(sweep, { dollars: 0 }, stores));
}

/** Hands the file to the desktop; false when there is none that takes it. */
function openInBrowser(file: string): Promise<boolean> {
  const [command, ...args] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform as string] ?? [
    "xdg-open",
  ];
  return new Promise((settle) => {
    const child = spawn(command as string, [...args, pathToFileURL(file).href], { stdio: "ignore", detached: true });
    child.once("error", () => settle(false));
    child.once("spawn", () => {
      child.unref();
      settle(true);
    });
  });
}
