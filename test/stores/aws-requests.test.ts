import { describe, expect, onTestFinished, test } from "vitest";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import { startFaultProxy } from "../cloud/fault-proxy.ts";
import { whyNoServers } from "../cloud/servers.ts";
import { withAwsServers } from "./aws-servers.ts";
import { checkpoint, commitUpTo, newRun, owner, segment, startRun } from "./run-records.builder.ts";

const reason = whyNoServers();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== undefined)("what stores on AWS ask", () => {
  const servers = withAwsServers();

  test("the commit of a run that was read before is one request", async () => {
    const { runs, asked } = await watched();
    await startRun(runs);
    await runs.getRun("r1");
    expect(await asked(() => runs.commit(checkpoint(), segment()))).toEqual(["TransactWriteItems"]);
  });

  test("a heartbeat after a commit is one request", async () => {
    const { runs, asked } = await watched();
    await startRun(runs);
    await commitUpTo(runs, 1);
    expect(await asked(() => runs.heartbeat("r1", 1, 9_000))).toEqual(["TransactWriteItems"]);
  });

  test("the removal of an old checkpoint is two requests, and its state is not sent", async () => {
    const { runs, asked, dynamo } = await watched();
    await startRun(runs);
    const text = `"${"x".repeat(200_000)}"`;
    await runs.commit(checkpoint({ state: { kind: "inline", text } }), segment());
    await runs.commit(checkpoint({ sequence: 2 }), segment({ sequence: 2 }));
    expect(await asked(() => runs.removeCheckpoint("r1", 1))).toEqual(["BatchGetItem", "TransactWriteItems"]);
    expect(dynamo.seen.findLast(({ operation }) => operation === "BatchGetItem")?.receivedBytes).toBeLessThan(5_000);
  });

  test("a change by another process is seen by the next one of this", async () => {
    const { runs, others } = await watched();
    await startRun(runs);
    const cancelling = { runId: "r1", attempt: 1, from: ["running"], to: "cancelling", atMs: 3_000 } as const;
    expect(await others.setStatus(cancelling)).toBe(true);
    expect(await runs.heartbeat("r1", 1, 4_000)).toBe("cancelling");
  });

  test("a run that another process took over is not committed to", async () => {
    const { runs, others } = await watched();
    await startRun(runs);
    await others.beginAttempt("r1", 1, owner());
    expect(await runs.commit(checkpoint(), segment())).toEqual({ kind: "fenced", attempt: 2 });
  });

  test("a run that another process removed and created anew under the same id is taken as it is now", async () => {
    const { runs, others } = await watched();
    await runs.createRun(newRun({ name: "before" }));
    await runs.getRun("r1");
    await others.removeRun("r1");
    await others.createRun(newRun({ name: "after", createdAtMs: 99_000 }));
    expect(await runs.beginAttempt("r1", 0, owner())).toMatchObject({ kind: "started", run: { name: "after" } });
  });

  test("a run that this process removed and created anew in the same moment is taken as it is now", async () => {
    const { runs } = await watched();
    await runs.createRun(newRun({ name: "before" }));
    await runs.getRun("r1");
    await runs.removeRun("r1");
    await runs.createRun(newRun({ name: "after" }));
    expect(await runs.beginAttempt("r1", 0, owner())).toMatchObject({ kind: "started", run: { name: "after" } });
  });

  /** Runs behind a proxy that counts, and the same ones as another process has them. */
  async function watched() {
    const { table, bucket, runs: others } = await servers.stores();
    const dynamo = await startFaultProxy(servers.urls().dynamo, () => undefined);
    const clients = awsClients({}, { AWS_ENDPOINT_URL_DYNAMODB: dynamo.url, AWS_ENDPOINT_URL_S3: servers.urls().s3 });
    onTestFinished(async () => {
      closeClients(clients);
      await dynamo.stop();
    });
    const { runs } = openAwsStores({ ...clients, table, bucket });
    const asked = async (act: () => Promise<unknown>): Promise<string[]> => {
      const before = dynamo.seen.length;
      await act();
      return dynamo.seen.slice(before).map(({ operation }) => operation);
    };
    return { runs, others, dynamo, asked };
  }
});
