import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { renderReport } from "../../report/render-report.ts";
import { collectReport } from "../../report/report-input.ts";
import { findRun } from "../../run/find-run.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { assertLane, laneCountWith } from "../lane-count.ts";
import { atPlace } from "../place.ts";
import { sizeText } from "../quantity-text.ts";
import { onePiece, writeFileWhole } from "../write-file.ts";

export type ReportFlags = CloudFlags & { readonly lane: number; readonly out?: string; readonly open?: boolean };

/** `report`: one self-contained HTML file. */
export async function reportRun(reference: string, flags: ReportFlags, console: Console): Promise<ExitCode> {
  const { lane } = flags;
  const { runId, page } = await atPlace(flags, {
    local: async ({ stores }) => {
      const run = await findRun(reference, stores.runs);
      laneCountWith(lane, run);
      return { runId: run.runId, page: renderReport(await collectReport(run.runId, lane, stores)) };
    },
    cloud: async ({ runs }) => {
      const { runId: found, lanes } = await runs.get(reference);
      assertLane(lane, found, lanes.length);
      return { runId: found, page: await runs.report(found, lane) };
    },
  });
  const file = resolve(flags.out ?? `${runId}${lane === 0 ? "" : `-lane-${lane}`}.html`);
  const sizeBytes = await writeFileWhole(file, onePiece(page));
  const isOpened = flags.open === true && (await openInBrowser(file));
  if (flags.open === true && !isOpened)
    console.warn(`Found no browser to open it with. Open it yourself: ${pathToFileURL(file).href}`);
  console.answer(
    { runId, lane, file, sizeBytes, opened: isOpened },
    `Wrote the report to ${file} (${sizeText(sizeBytes)}).`,
  );
  return 0;
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
