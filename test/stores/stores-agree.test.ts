import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunStatus, RunStore } from "../../lib/run/run-store.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { whyNoServers } from "../cloud/servers.ts";
import { withAwsServers } from "./aws-servers.ts";
import { checkpoint, checkpointId, newRun, owner, segment } from "./run-records.builder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("any series of calls has the same outcomes in memory and on disk", async () => {
  await agree(40, async () => {
    const folder = await temporaryFolder();
    const { runs, close } = await openLocalStores(folder.path);
    return {
      runs,
      async close() {
        await close();
        await folder.remove();
      },
    };
  });
});

const reason = whyNoServers();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== undefined)("on servers that speak the AWS protocols", () => {
  const servers = withAwsServers();
  test("any series of calls has the same outcomes in memory and on DynamoDB", async () => {
    await agree(25, () => servers.stores());
  });
});

/** Makes the same calls to a fresh memory store and to a fresh store of another kind. */
async function agree(numRuns: number, open: () => Promise<{ readonly runs: RunStore; close(): Promise<void> }>) {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...calls), { maxLength: 40 }), async (series) => {
      const memory = await openMemoryStores();
      const other = await open();
      try {
        for (const { call } of series)
          expect(await outcomeOf(call, other.runs)).toEqual(await outcomeOf(call, memory.runs));
        expect(await everythingIn(other.runs)).toEqual(await everythingIn(memory.runs));
      } finally {
        await other.close();
      }
    }),
    { numRuns },
  );
}

type Call = { readonly text: string; readonly call: (store: RunStore) => Promise<unknown> };

const runId = fc.constantFrom("r1", "r2");
const attempt = fc.integer({ min: 0, max: 2 });
const sequence = fc.integer({ min: 1, max: 4 });
const status = fc.constantFrom<RunStatus>("queued", "running", "cancelling", "cancelled", "failed", "resuming");

const calls: readonly fc.Arbitrary<Call>[] = [
  fc.record({ runId, createdAtMs: attempt, forked: fc.boolean() }).map(({ runId, createdAtMs, forked }) =>
    named(`create ${runId}`, (store) => {
      const origin = { kind: "fork", runId: runId === "r1" ? "r2" : "r1", checkpointId: checkpointId(1) } as const;
      return store.createRun(newRun({ runId, createdAtMs, ...(forked && { origin }) }));
    }),
  ),
  fc
    .record({ runId, attempt })
    .map(({ runId, attempt }) =>
      named(`begin ${runId} ${attempt}`, (store) => store.beginAttempt(runId, attempt, owner())),
    ),
  fc
    .record({ runId, attempt, status, to: status })
    .map(({ runId, attempt, status, to }) =>
      named(`status ${runId} ${attempt} ${status}-${to}`, (store) =>
        store.setStatus({ runId, attempt, from: [status, "running"], to, atMs: 5_000 }),
      ),
    ),
  fc
    .record({ runId, attempt, sequence })
    .map(({ runId, attempt, sequence }) =>
      named(`commit ${runId} ${attempt} ${sequence}`, (store) =>
        store.commit(checkpoint({ runId, sequence }), segment({ runId, sequence, attempt })),
      ),
    ),
  fc
    .record({ runId, sequence })
    .map(({ runId, sequence }) =>
      named(`seed ${runId} ${sequence}`, (store) =>
        store.seedRun(checkpoint({ runId, sequence }), [segment({ runId, sequence })]),
      ),
    ),
  fc
    .record({ runId, attempt, sequence })
    .map(({ runId, attempt, sequence }) =>
      named(`complete ${runId} ${attempt} ${sequence}`, (store) =>
        store.complete({ runId, attempt, headSequence: sequence, resultHash: "e", resultDigest: "e", atMs: 6_000 }),
      ),
    ),
  fc
    .record({ runId, attempt })
    .map(({ runId, attempt }) =>
      named(`heartbeat ${runId} ${attempt}`, (store) => store.heartbeat(runId, attempt, 7_000)),
    ),
  fc
    .record({ runId, sequence })
    .map(({ runId, sequence }) =>
      named(`remove checkpoint ${runId} ${sequence}`, (store) => store.removeCheckpoint(runId, sequence)),
    ),
  runId.map((runId) => named(`remove ${runId}`, (store) => store.removeRun(runId))),
];

/** A call that prints as its text in a counterexample. */
function named(text: string, call: Call["call"]): Call {
  return { text, call };
}

async function outcomeOf(call: Call["call"], store: RunStore): Promise<unknown> {
  try {
    return await call(store);
  } catch (error) {
    return String(error);
  }
}

async function everythingIn(store: RunStore): Promise<unknown> {
  const runIds = ["r1", "r2"];
  const key = newRun();
  return {
    runs: await store.listRuns({}, 10),
    checkpoints: await Promise.all(runIds.map((id) => store.listCheckpoints(id))),
    segments: await Promise.all(runIds.map((id) => store.listSegments(id))),
    found: await store.findCheckpoints("cccccc"),
    newest: await store.findNewest(key),
    completed: await store.findCompleted(key),
  };
}
