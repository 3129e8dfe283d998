import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Why this machine lets nobody mount a small file system, or undefined when it does. Printed, so that a skip is seen. */
export const mountRefusal: string | undefined = probe();

/** A file system in memory of this size, mounted for the current test. */
export function mountedFolder(sizeKb: number): { readonly path: string; makeReadOnly(): void } {
  const path = mkdtempSync(join(tmpdir(), "backstitch-mount-"));
  run("mount", ["-t", "tmpfs", "-o", `size=${sizeKb}k`, "tmpfs", path]);
  onTestFinished(() => unmount(path));
  return { path, makeReadOnly: () => run("mount", ["-o", "remount,ro", path]) };
}

function probe(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), "backstitch-mount-"));
  try {
    run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]);
  } catch (error) {
    rmSync(path, { recursive: true });
    const reason = `no small or read-only file system can be mounted here: ${error instanceof Error ? error.message.trim() : error}`;
    console.warn(`Skipping tests of a full and a read-only disk: ${reason}`);
    return reason;
  }
  unmount(path);
  return undefined;
}

function unmount(path: string): void {
  // Lazy: a failed test may have left a file open.
  run("umount", ["-l", path]);
  rmSync(path, { recursive: true });
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: "pipe" });
}
