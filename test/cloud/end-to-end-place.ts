import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { z } from "zod";
import { openApi } from "../../lib/cloud/api-client.ts";
import { type Remote, remoteOf } from "../../lib/cloud/remote.ts";
import type { RequestSigner } from "../../lib/cloud/request-signer.ts";
import { type Ended, openWorkplace, runDocument, type Workplace } from "../cli/backstitch.ts";

/** Where a deployment's API is, with the strategies of `end-to-end-strategies` deployed. */
export type EndToEndPlace = {
  readonly url: string;
  readonly signer: RequestSigner;
  /** With which commands find the API and sign their requests. */
  readonly environment: NodeJS.ProcessEnv;
  /** The names of the run's executions, where the place can tell. */
  readonly executionsOf?: (runId: string) => Promise<readonly string[]>;
  /** Deploys these strategies in place of the others, where the place can. */
  readonly redeploy?: (strategiesFolder: string) => Promise<void>;
  close(): Promise<void>;
};

/** An answer of the API as it came. */
export type RawAnswer = { readonly status: number; readonly headers: Headers; readonly text: string };

/** Somebody with a folder and a home on this machine, who works with it and with the place. */
export type Person = {
  readonly workplace: Workplace;
  readonly remote: Remote;
  /** The real command line, on this machine. */
  here(...args: readonly string[]): Promise<Ended>;
  /** The same with --cloud. */
  there(...args: readonly string[]): Promise<Ended>;
  ask(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  leave(): void;
};

export function openPerson({ url, signer, environment }: EndToEndPlace): Person {
  const workplace = openWorkplace();
  return {
    workplace,
    remote: remoteOf(openApi({ url, signer })),
    here: (...args) => workplace.run(...args),
    there: (...args) => workplace.start([...args, "--cloud"], environment).ended,
    async ask(method, path, body, headers = {}) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const address = new URL(url + path);
      const signed = await signer({
        method,
        url: address,
        headers: { ...headers, ...(text === undefined ? {} : { "content-type": "application/json" }) },
        body: text,
      });
      const response = await fetch(address, {
        method,
        headers: signed,
        ...(text === undefined ? {} : { body: text }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    leave: () => workplace.remove(),
  };
}

/** A command's answer with --json, which must have ended well. */
export async function answered<Schema extends z.ZodType>(
  ended: Promise<Ended>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return schema.parse(JSON.parse(stdout));
}

/** What a run has cost is not known everywhere. */
const cloudDocument = runDocument.omit({ cost: true });

export const documentOf = (ended: Promise<Ended>) => answered(ended, cloudDocument);

/** The run when nobody works on it any more; throws after this long. */
export async function endedThere(runId: string, { runs }: Remote, withinMs = 120_000) {
  for (const untilMs = Date.now() + withinMs; ; ) {
    const run = await runs.get(runId);
    if (["completed", "failed", "cancelled"].includes(run.status)) return run;
    if (Date.now() > untilMs)
      throw new Error(`Run ${runId} is still ${run.status} at bar ${run.head.bar} after ${withinMs} ms.`);
    await sleep(100);
  }
}

/** Waits until the run has a checkpoint. */
export async function begunThere(runId: string, { runs }: Remote, withinMs = 60_000): Promise<void> {
  for (const untilMs = Date.now() + withinMs; ; await sleep(50)) {
    const run = await runs.get(runId);
    if (run.head.sequence > 0) return;
    if (Date.now() > untilMs)
      throw new Error(`Run ${runId} is ${run.status} without a checkpoint after ${withinMs} ms.`);
  }
}

/** What tests read of an answer to something asked of a run. */
export const actionLike = z.looseObject({
  runId: z.string(),
  status: z.string(),
  attempt: z.number(),
  how: z.string().nullable(),
  note: z.string().nullable(),
});

export const problemLike = z.looseObject({ type: z.string(), status: z.number(), detail: z.string() });
