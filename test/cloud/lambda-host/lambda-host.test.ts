import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../stores/temporary-folder.ts";
import type { HostedFunction } from "./hosted-function.ts";
import { type LambdaHost, startLambdaHost } from "./lambda-host.ts";

/** What the tests' function does is in its event. */
const probe = `
let invocations = 0;
exports.handler = async (event, context) => {
  invocations += 1;
  if (event.throw) throw Object.assign(new Error("no such bar"), { name: "MissingBarError" });
  if (event.exit !== undefined) process.exit(event.exit);
  if (event.spin) for (;;);
  if (event.sleepMs) await new Promise((resolve) => setTimeout(resolve, event.sleepMs));
  if (event.answerBytes) return "x".repeat(event.answerBytes);
  console.log("heard", JSON.stringify(event));
  return {
    invocations,
    remainingMs: context.getRemainingTimeInMillis(),
    arn: context.invokedFunctionArn,
    memory: context.memoryLimitInMB,
    color: process.env.COLOR,
    node: process.version,
    home: process.env.HOME ?? null,
  };
};`;

test("an invocation answers what the handler returns, with its time, ARN, memory and environment", async () => {
  const host = await hostOf({ env: { COLOR: "red" } });
  const { status, headers, body } = await invoke(host, {});
  expect(status).toBe(200);
  expect(headers.get("x-amz-function-error")).toBeNull();
  expect(headers.get("x-amz-executed-version")).toBe("$LATEST");
  const answer = { arn: host.arnOf("probe"), memory: "256", color: "red", node: process.version, home: null };
  expect(body).toMatchObject({ ...answer, invocations: 1 });
  expect(body.remainingMs).toBeGreaterThan(4_000);
  expect(body.remainingMs).toBeLessThanOrEqual(5_000);
});

test("a warm environment is used again, and a second one is started beside a busy one", async () => {
  const host = await hostOf({});
  await invoke(host, {});
  await invoke(host, {});
  await Promise.all([invoke(host, { sleepMs: 300 }), invoke(host, { sleepMs: 300 })]);
  expect(host.invocations.map(({ isCold }) => isCold)).toEqual([true, false, false, true]);
  expect(new Set(host.invocations.map(({ pid }) => pid)).size).toBe(2);
});

test("a function is found by its ARN, and another is not", async () => {
  const host = await hostOf({});
  expect((await invoke(host, {}, host.arnOf("probe"))).status).toBe(200);
  expect((await invoke(host, {}, `${host.arnOf("probe")}:$LATEST`)).status).toBe(200);
  const other = await invoke(host, {}, "other");
  expect(other.status).toBe(404);
  expect(other.headers.get("x-amzn-errortype")).toBe("ResourceNotFoundException");
});

test("what a handler throws is the function's error under its name", async () => {
  const host = await hostOf({});
  const { status, headers, body } = await invoke(host, { throw: true });
  expect(status).toBe(200);
  expect(headers.get("x-amz-function-error")).toBe("Unhandled");
  expect(body).toMatchObject({ errorType: "MissingBarError", errorMessage: "no such bar" });
});

test("a process that exits is Runtime.ExitError, and the next invocation gets a new one", async () => {
  const host = await hostOf({});
  expect((await invoke(host, { exit: 3 })).body).toMatchObject({ errorType: "Runtime.ExitError" });
  expect((await invoke(host, {})).body.invocations).toBe(1);
});

test("a function in a busy loop is killed at its deadline", async () => {
  const host = await hostOf({ timeoutSeconds: 1 });
  const { headers, body } = await invoke(host, { spin: true });
  expect(headers.get("x-amz-function-error")).toBe("Unhandled");
  expect(body.errorType).toBe("Sandbox.Timedout");
  expect(body.errorMessage).toContain("Task timed out after 1.00 seconds");
});

test("a function that cannot be loaded fails its invocation", async () => {
  const host = await hostOf({ handler: "index.missing" });
  const { headers, body } = await invoke(host, {});
  expect(headers.get("x-amz-function-error")).toBe("Unhandled");
  expect(body.errorType).toBeTypeOf("string");
});

test("an invocation beyond the reserved concurrency is throttled", async () => {
  const host = await hostOf({ reservedConcurrency: 1 });
  const first = invoke(host, { sleepMs: 1_000 });
  while (host.invocations.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const { status, headers } = await invoke(host, {});
  expect([status, headers.get("x-amzn-errortype")]).toEqual([429, "TooManyRequestsException"]);
  expect((await first).status).toBe(200);
});

test("payloads over 6 MB are refused, on the way in and on the way out", async () => {
  const host = await hostOf({});
  expect((await invoke(host, { text: "x".repeat(6 * 1_048_576) })).status).toBe(413);
  const { body } = await invoke(host, { answerBytes: 6 * 1_048_576 });
  expect(body.errorType).toBe("Function.ResponseSizeTooLarge");
});

test("an event is taken at once and delivered afterwards", async () => {
  const host = await hostOf({});
  const { status } = await invoke(host, { day: 1 }, "probe", "Event");
  expect(status).toBe(202);
  while (host.invocations[0]?.endedAtMs === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(host.invocations[0]).toMatchObject({ payload: { day: 1 }, answer: { kind: "answered" } });
});

test("each try of an event has a fault of its own", async () => {
  const host = await hostOf({});
  host.planFaults(({ count }) => (count < 3 ? { kind: "shortDeadline", ms: 50 } : undefined));
  await invoke(host, { sleepMs: 100 }, "probe", "Event");
  await expect.poll(() => host.invocations[2]?.answer?.kind, { timeout: 10_000 }).toBe("answered");
  expect(host.invocations.map(({ answer }) => answer?.kind)).toEqual(["failed", "failed", "answered"]);
});

test("a planned kill ends the process in the middle of its invocation", async () => {
  const host = await hostOf({});
  host.planFaults(({ count }) => (count === 2 ? { kind: "kill", afterMs: 50 } : undefined));
  await invoke(host, {});
  const { body } = await invoke(host, { sleepMs: 60_000 });
  expect(body).toMatchObject({ errorType: "Runtime.ExitError", errorMessage: expect.stringContaining("killed") });
});

test("a planned double delivery runs twice and is answered once", async () => {
  const host = await hostOf({});
  host.planFaults(() => ({ kind: "deliverAgain", afterMs: 0 }));
  expect((await invoke(host, {})).status).toBe(200);
  await expect.poll(() => host.invocations.filter(({ endedAtMs }) => endedAtMs !== undefined).length).toBe(2);
  expect(new Set(host.invocations.map(({ requestId }) => requestId)).size).toBe(1);
});

test("an abandoned invocation goes on after its caller was told a timeout", async () => {
  const host = await hostOf({});
  host.planFaults(() => ({ kind: "abandon", afterMs: 100 }));
  expect((await invoke(host, { sleepMs: 700 })).body.errorType).toBe("Sandbox.Timedout");
  expect(host.invocations[0]?.endedAtMs).toBeUndefined();
  await host.settled(5_000);
  expect(host.invocations[0]?.answer?.kind).toBe("answered");
});

test("a lost answer is an exit to the caller, although the work was done", async () => {
  const host = await hostOf({});
  host.planFaults(({ count }) => (count === 1 ? { kind: "loseAnswer" } : undefined));
  expect((await invoke(host, {})).body.errorType).toBe("Runtime.ExitError");
  expect(host.invocations[0]?.answer?.kind).toBe("answered");
  expect((await invoke(host, {})).body.invocations).toBe(1);
});

test("a planned throttle is not delivered", async () => {
  const host = await hostOf({});
  host.planFaults(() => ({ kind: "throttle" }));
  expect((await invoke(host, {})).status).toBe(429);
  expect(host.invocations).toEqual([]);
});

test("what a function writes is kept", async () => {
  const host = await hostOf({});
  await invoke(host, { bar: 7 });
  await expect.poll(() => host.output("probe")).toContain('heard {"bar":7}');
});

/** A host of the one function "probe", stopped when the test ends. */
async function hostOf(changes: Partial<HostedFunction>): Promise<LambdaHost> {
  const folder = await temporaryFolder();
  await writeFile(join(folder.path, "index.cjs"), probe);
  const hosted = {
    name: "probe",
    folder: folder.path,
    handler: "index.handler",
    env: {},
    timeoutSeconds: 5,
    memoryMb: 256,
  };
  const host = await startLambdaHost({ functions: [{ ...hosted, ...changes }] });
  onTestFinished(async () => {
    await host.stop();
    await folder.remove();
  });
  return host;
}

type ProbeAnswer = { readonly [name: string]: unknown };

async function invoke(host: LambdaHost, event: unknown, name = "probe", type = "RequestResponse") {
  const response = await fetch(`${host.url}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
    method: "POST",
    headers: { "x-amz-invocation-type": type },
    body: JSON.stringify(event),
  });
  const text = await response.text();
  const body = (text === "" ? {} : JSON.parse(text)) as ProbeAnswer;
  return { status: response.status, headers: response.headers, body };
}
