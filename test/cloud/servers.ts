import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { tableDefinition } from "../../lib/stores/aws/table.ts";
import { freePort } from "./free-port.ts";

/** A server in a process of its own, on 127.0.0.1. */
export type RunningServer = { readonly url: string; stop(): Promise<void> };

/** Why the servers cannot run here, or undefined when they can: `describe.skipIf(whyNoServers() !== undefined)`. */
export function whyNoServers(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `The test servers need Linux on x86_64, found ${process.platform} on ${process.arch}.`;
  }
  const missing = [dynamoBinary, s3Package].find((path) => !existsSync(path));
  return missing && `${missing} is missing: run node scripts/ensure-cloud-servers.js and see what it says.`;
}

/** An empty DynamoDB in memory. */
export async function startDynamo(): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(dynamoBinary, ["--host", "127.0.0.1", "--port", String(port)], {
    stdio: "ignore",
  });
  stopWithThisProcess(child);
  await untilAnswering(url, child);
  return { url, stop: () => stopProcess(child) };
}

/** An empty S3 in memory, which knows neither If-None-Match nor signatures. */
export async function startS3(): Promise<RunningServer> {
  const child = spawn(process.execPath, [s3Script], { stdio: ["ignore", "pipe", "inherit"] });
  stopWithThisProcess(child);
  const [line] = await once(createInterface(child.stdout), "line");
  const { port } = JSON.parse(String(line));
  return { url: `http://127.0.0.1:${port}`, stop: () => stopProcess(child) };
}

/** Any credentials do on these servers. */
export const testCredentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "eu-west-1" };

/** Makes the table as the stack has it. */
export async function createTable(dynamodb: DynamoDBClient, name: string): Promise<void> {
  await dynamodb.send(new CreateTableCommand(tableDefinition(name)));
}

export async function createBucket(s3: S3Client, name: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: name }));
}

const servers = fileURLToPath(new URL("servers/", import.meta.url));
const dynamoBinary = `${servers}node_modules/@dynoxide/linux-x64/dynoxide`;
const s3Package = `${servers}node_modules/fauxqs/package.json`;
const s3Script = `${servers}start-s3.js`;

/** Waits until the server answers anything; throws when its process ends or 10 seconds have passed. */
export async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (child.exitCode !== null) throw new Error(`The server for ${url} ended with exit code ${child.exitCode}.`);
    if (await isAnswering(url)) return;
    await sleep(20);
  }
  child.kill("SIGKILL");
  throw new Error(`The server at ${url} did not answer within 10 seconds.`);
}

function isAnswering(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

function stopWithThisProcess(child: ChildProcess): void {
  process.once("exit", () => child.kill("SIGKILL"));
}

/** Kills the process and waits for its end. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
