import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { z } from "zod";

const runChild = fileURLToPath(new URL("run-child.ts", import.meta.url));
const dieAtStep = new URL("die-at-step.ts", import.meta.url).href;

/** When a process dies: so many milliseconds after it began, or in its n-th step of a write. */
export type Death =
  | { readonly kind: "time"; readonly afterMs: number }
  | { readonly kind: "step"; readonly step: number };

const printed = z.object({
  kind: z.enum(["completed", "stopped", "superseded", "busy", "failed"]),
  name: z.string().optional(),
  message: z.string().optional(),
});
export type ChildEnd = z.infer<typeof printed> | { readonly kind: "killed"; readonly in: string };

/** Lets a process of its own compute the run, to its end or its death. */
export async function computeInChild(home: string, runId: string, death?: Death): Promise<ChildEnd> {
  const preload = death?.kind === "step" ? ["--import", dieAtStep] : [];
  const env = death?.kind === "step" ? { ...process.env, DIE_AT_STEP: String(death.step) } : process.env;
  const child = spawn(process.execPath, [...preload, runChild, home, runId], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on("line", (line) => lines.push(line));
  const closed = once(child, "close");
  if (death?.kind === "time") {
    await Promise.race([once(output, "line"), closed]);
    await Promise.race([sleep(death.afterMs), closed]);
    child.kill("SIGKILL");
  }
  await closed;
  const last = lines.at(-1);
  if (last?.startsWith("{")) return printed.parse(JSON.parse(last));
  if (child.signalCode !== "SIGKILL") throw new Error(`The process ended with code ${child.exitCode}: ${errors}`);
  return { kind: "killed", in: death?.kind === "step" ? errors.trim() : "at a random time" };
}
