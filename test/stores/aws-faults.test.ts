import { describe, expect, onTestFinished, test } from "vitest";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import {
  type Fault,
  type FaultProxy,
  type SeenRequest,
  s3Failure,
  startFaultProxy,
  throttled,
} from "../cloud/fault-proxy.ts";
import { whyNoServers } from "../cloud/servers.ts";
import { withAwsServers } from "./aws-servers.ts";
import { checkpoint, commitUpTo, newRun, owner, segment, startRun } from "./run-records.builder.ts";

const reason = whyNoServers();
if (reason !== undefined) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== undefined)("stores on AWS, on a bad day", () => {
  const servers = withAwsServers();

  test.each(["ThrottlingException", "ProvisionedThroughputExceededException"] as const)(
    "a commit that is throttled with %s is made in the end",
    async (name) => {
      const { runs, dynamo } = await troubled({ dynamo: first(1, "TransactWriteItems", throttled(name)) });
      await startRun(runs);
      expect(await runs.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
      expect(faultsOf(dynamo)).toHaveLength(1);
    },
  );

  test("a commit whose connection breaks before the server saw it is made in the end", async () => {
    const { runs } = await troubled({ dynamo: first(1, "TransactWriteItems", { kind: "resetBefore" }) });
    await startRun(runs);
    expect(await runs.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
  });

  test("a commit whose answer was lost is told as committed, and not as somebody else's", async () => {
    const { runs, dynamo } = await troubled({ dynamo: nth(3, "TransactWriteItems", { kind: "resetAfter" }) });
    await startRun(runs);
    expect(await runs.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
    expect(faultsOf(dynamo)).toHaveLength(1);
  });

  test("an attempt whose answer was lost is told as started, so that its holder works on", async () => {
    const { runs } = await troubled({ dynamo: nth(2, "TransactWriteItems", { kind: "resetAfter" }) });
    await runs.createRun(newRun());
    expect(await runs.beginAttempt("r1", 0, owner())).toMatchObject({ kind: "started", run: { attempt: 1 } });
  });

  test("a run whose creation's answer was lost is told as created", async () => {
    const { runs } = await troubled({ dynamo: nth(1, "TransactWriteItems", { kind: "resetAfter" }) });
    expect(await runs.createRun(newRun())).toBe(true);
  });

  test("a request key whose answer was lost is new for its sender", async () => {
    const { requests } = await troubled({ dynamo: nth(1, "TransactWriteItems", { kind: "resetAfter" }) });
    const request = { key: "k", digest: "a", atMs: 1_000, expiresAtMs: 90_000 };
    expect(await requests.begin(request)).toEqual({ kind: "new" });
    expect(await requests.begin(request)).toEqual({ kind: "underWay" });
  });

  test("an event whose answer was lost is one event", async () => {
    const lostAnswers = [
      nth(1, "UpdateItem", { kind: "resetAfter" }),
      nth(1, "TransactWriteItems", { kind: "resetAfter" }),
    ];
    const { runs } = await troubled({ dynamo: (request) => lostAnswers.map((lose) => lose(request)).find(Boolean) });
    await runs.appendEvent({ runId: "r1", atMs: 1_000, attempt: 1, kind: "started", barIndex: 0 });
    expect(await runs.listEvents("r1")).toHaveLength(1);
  });

  test("a commit whose answer was lost, and whose repeat finds it still in progress, is told as committed", async () => {
    const faults = [nth(3, "TransactWriteItems", { kind: "resetAfter" }), nth(4, "TransactWriteItems", inProgress)];
    const { runs } = await troubled({ dynamo: (request) => faults.map((fault) => fault(request)).find(Boolean) });
    await startRun(runs);
    expect(await runs.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
  });

  test("a transaction in conflict with another is tried again", async () => {
    const { runs } = await troubled({ dynamo: nth(3, "TransactWriteItems", canceled("TransactionConflict")) });
    await startRun(runs);
    expect(await runs.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
  });

  test("a transaction that is throttled by its item is tried again", async () => {
    const { runs } = await troubled({ dynamo: nth(3, "TransactWriteItems", canceled("ThrottlingError")) });
    await startRun(runs);
    expect(await runs.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
  });

  test("a server that never stops throttling is given up, with its error", async () => {
    const { runs, dynamo } = await troubled({ dynamo: () => throttled(), maxAttempts: 2 });
    await expect(runs.getRun("r1")).rejects.toThrow(expect.objectContaining({ name: "ThrottlingException" }));
    expect(dynamo.seen).toHaveLength(2);
  });

  test.each([500, 503] as const)("an object is put and got through an answer of %d each", async (status) => {
    const { objects } = await troubled({ s3: ({ index }) => (index % 2 === 0 ? s3Failure(status) : undefined) });
    const hash = await objects.put("parts", new Uint8Array([1, 2, 3]));
    expect(await objects.get("parts", hash)).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("an object whose put was not acknowledged is put again and is one", async () => {
    const { objects } = await troubled({ s3: ({ index }) => (index === 0 ? { kind: "resetAfter" } : undefined) });
    const hash = await objects.put("parts", new Uint8Array([1, 2, 3]));
    expect(await objects.get("parts", hash)).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("an object is put on a server that answers If-None-Match with 501", async () => {
    const { objects } = await troubled({ s3: ({ index }) => (index === 0 ? notImplemented : undefined) });
    const hash = await objects.put("parts", new Uint8Array([1, 2, 3]));
    expect(await objects.get("parts", hash)).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("an object that another put is writing at this moment (409) is put all the same", async () => {
    const { objects } = await troubled({ s3: ({ index }) => (index === 0 ? conflicting : undefined) });
    const hash = await objects.put("parts", new Uint8Array([1, 2, 3]));
    expect(await objects.get("parts", hash)).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("an object whose bytes break off is read again", async () => {
    const bytes = new Uint8Array(200_000).fill(7);
    const { objects, s3 } = await troubled({ s3: firstGets(2, { kind: "cutBody", afterBytes: 70_000 }) });
    const hash = await objects.put("parts", bytes);
    expect(await objects.get("parts", hash)).toEqual(bytes);
    expect(faultsOf(s3)).toHaveLength(2);
  });

  test("an object whose bytes break off every time is given up", async () => {
    const { objects, s3 } = await troubled({ s3: firstGets(9, { kind: "cutBody", afterBytes: 70_000 }) });
    const hash = await objects.put("parts", new Uint8Array(200_000));
    await expect(objects.get("parts", hash)).rejects.toThrow();
    expect(faultsOf(s3)).toHaveLength(3);
  });

  test("an object that comes slowly comes whole", async () => {
    const bytes = new Uint8Array(100_000).fill(7);
    const { objects } = await troubled({ s3: firstGets(1, { kind: "slowBody", pieceBytes: 10_000, pauseMs: 20 }) });
    const hash = await objects.put("parts", bytes);
    expect(await objects.get("parts", hash)).toEqual(bytes);
  });

  test("every tenth request lost before, and every tenth after the server: 60 commits in order, none lost, none twice", async () => {
    const { runs } = await troubled({
      dynamo: ({ index }) =>
        index % 10 === 4 ? { kind: "resetBefore" } : index % 10 === 9 ? { kind: "resetAfter" } : undefined,
    });
    await startRun(runs);
    await commitUpTo(runs, 60);
    const upTo60 = Array.from({ length: 60 }, (_, index) => index + 1);
    expect((await runs.listCheckpoints("r1")).map(({ sequence }) => sequence)).toEqual(upTo60);
    expect((await runs.listSegments("r1")).map(({ sequence }) => sequence)).toEqual(upTo60);
  });

  /** Stores on fresh resources, behind proxies that do what they are told. */
  async function troubled(faults: {
    readonly dynamo?: (request: SeenRequest) => Fault | undefined;
    readonly s3?: (request: SeenRequest) => Fault | undefined;
    readonly maxAttempts?: number;
  }) {
    const { table, bucket } = await servers.stores();
    const dynamo = await startFaultProxy(servers.urls().dynamo, faults.dynamo ?? (() => undefined));
    const s3 = await startFaultProxy(servers.urls().s3, faults.s3 ?? (() => undefined));
    const clients = awsClients(faults.maxAttempts === undefined ? {} : { maxAttempts: faults.maxAttempts }, {
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ENDPOINT_URL_S3: s3.url,
    });
    onTestFinished(async () => {
      closeClients(clients);
      await dynamo.stop();
      await s3.stop();
    });
    return { ...openAwsStores({ ...clients, table, bucket }), dynamo, s3 };
  }
});

const inProgress: Fault = {
  kind: "answer",
  status: 400,
  contentType: "application/x-amz-json-1.0",
  body: '{"__type":"com.amazonaws.dynamodb.v20120810#TransactionInProgressException","Message":"In progress."}',
};
const notImplemented = s3Answer(501, "NotImplemented");
const conflicting = s3Answer(409, "ConditionalRequestConflict");

function s3Answer(status: number, code: string): Fault {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No.</Message></Error>`;
  return { kind: "answer", status, contentType: "application/xml", body };
}

/** The fault for the first so many requests of an operation. */
function first(count: number, operation: string, fault: Fault) {
  let seen = 0;
  return (request: SeenRequest) => (request.operation === operation && seen++ < count ? fault : undefined);
}

/** The fault for the nth request of an operation, from 1. */
function nth(position: number, operation: string, fault: Fault) {
  let seen = 0;
  return (request: SeenRequest) => (request.operation === operation && ++seen === position ? fault : undefined);
}

function firstGets(count: number, fault: Fault) {
  let seen = 0;
  return (request: SeenRequest) => (request.method === "GET" && seen++ < count ? fault : undefined);
}

/** A transaction that DynamoDB cancelled for another reason than a condition. */
function canceled(code: string): Fault {
  const body = JSON.stringify({
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${code}, None]`,
    CancellationReasons: [{ Code: code, Message: "Try again." }, { Code: "None" }],
  });
  return { kind: "answer", status: 400, contentType: "application/x-amz-json-1.0", body };
}

function faultsOf({ seen }: FaultProxy) {
  return seen.filter(({ fault }) => fault !== undefined);
}
