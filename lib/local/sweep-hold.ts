import { hostname } from "node:os";
import { InputError } from "../engine/input-error.ts";
import { processExists } from "../run/run-owner.ts";
import { changeOwnSweep, changeSweep } from "../sweep/change-sweep.ts";
import type { SweepRecord, SweepStore } from "../sweep/sweep-store.ts";

/** Another process works on the sweep. */
export class SweepBusyError extends InputError {
  override readonly name = "SweepBusyError";
}

const heartbeatEveryMs = 2_000;
const ownerSilenceMs = 60_000;

/** Takes the next attempt at the sweep for this process. Throws SweepBusyError. */
export async function takeSweep(sweepId: string, sweeps: SweepStore): Promise<SweepRecord> {
  const nowMs = Date.now();
  const taken = await changeSweep(
    sweepId,
    ({ reason: _reason, ...stored }) => {
      if (isSweepOwned(stored, nowMs)) return undefined;
      const host = hostname();
      const owner = { host, pid: process.pid, heartbeatAtMs: nowMs };
      const hosts = [...new Set([...(stored.hosts ?? []), host])];
      return { ...stored, status: "running", attempt: stored.attempt + 1, owner, hosts, updatedAtMs: nowMs };
    },
    sweeps,
  );
  if (taken !== undefined) return taken;
  throw new SweepBusyError(
    `Sweep "${sweepId}" is being computed by another process. Wait for it, or stop it: backstitch sweep cancel ${sweepId}`,
  );
}

/** Whether a process that is alive works on the sweep. */
export function isSweepOwned({ owner, status }: Pick<SweepRecord, "owner" | "status">, nowMs: number): boolean {
  if (owner === undefined || (status !== "running" && status !== "cancelling")) return false;
  if (nowMs - owner.heartbeatAtMs > ownerSilenceMs) return false;
  return owner.host !== hostname() || processExists(owner.pid);
}

/**
 * Reports every few seconds that this process is alive, until the returned function is called; `onLost` is told when the sweep is no longer its own, or is to be
 * cancelled.
 */
export function reportAlive(sweep: SweepRecord, sweeps: SweepStore, onLost: () => void): () => void {
  const heartbeats = setInterval(() => {
    beat(sweep, sweeps).then(
      (goesOn) => goesOn || onLost(),
      // A heartbeat that fails is followed by another; work itself finds out what is wrong.
      () => undefined,
    );
  }, heartbeatEveryMs);
  return () => clearInterval(heartbeats);
}

async function beat(sweep: SweepRecord, sweeps: SweepStore): Promise<boolean> {
  const next = await changeSweep(
    sweep.sweepId,
    (stored) => {
      if (stored.attempt !== sweep.attempt || stored.status !== "running" || stored.owner === undefined)
        return undefined;
      return { ...stored, owner: { ...stored.owner, heartbeatAtMs: Date.now() } };
    },
    sweeps,
  );
  return next !== undefined;
}

/** Writes that this attempt was stopped, and whether on request. Throws SweepSupersededError. */
export async function recordStop(sweep: SweepRecord, sweeps: SweepStore): Promise<"stopped" | "cancelled"> {
  const { reason } = await changeOwnSweep(sweep, (now) => stopped(now, "cancelled"), sweeps);
  return reason?.name === "Cancelled" ? "cancelled" : "stopped";
}

/** Writes why this attempt failed, unless a newer one has the sweep. */
export async function recordFailure(sweep: SweepRecord, error: unknown, sweeps: SweepStore): Promise<void> {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const reason = { name, message: message.slice(0, 4_000) };
  const failed = (now: SweepRecord) =>
    now.attempt === sweep.attempt ? { ...stopped(now, "failed"), reason } : undefined;
  await changeSweep(sweep.sweepId, failed, sweeps);
}

function stopped({ owner: _owner, ...now }: SweepRecord, status: "cancelled" | "failed"): SweepRecord {
  const reason =
    now.status === "cancelling"
      ? { name: "Cancelled", message: "Cancelled on request." }
      : { name: "Interrupted", message: "Stopped by a signal." };
  return { ...now, status, reason, updatedAtMs: Date.now() };
}

/** Adds what an attempt took to the sweep's time. */
export async function addDuration(sweepId: string, durationMs: number, sweeps: SweepStore): Promise<void> {
  await changeSweep(sweepId, (now) => ({ ...now, durationMs: now.durationMs + durationMs }), sweeps);
}
