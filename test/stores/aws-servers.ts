import { afterAll, beforeAll } from "vitest";
import { type AwsClients, awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import {
  createBucket,
  createTable,
  type RunningServer,
  startDynamo,
  startS3,
  testCredentials,
} from "../cloud/servers.ts";

/** The servers of one test file, and stores on them that share nothing with each other. */
export type AwsServers = {
  clients(): AwsClients;
  /** Where the servers are. */
  urls(): { readonly dynamo: string; readonly s3: string };
  /** Stores on a fresh table and a fresh bucket. */
  stores(): Promise<Stores & { readonly table: string; readonly bucket: string }>;
};

/** Starts the servers before the tests of the current suite and stops them after. */
export function withAwsServers(): AwsServers {
  const running: RunningServer[] = [];
  let clients: AwsClients | undefined;
  let count = 0;
  beforeAll(async () => {
    running.push(await startDynamo(), await startS3());
    Object.assign(process.env, testCredentials);
    const { dynamo, s3 } = servers.urls();
    clients = awsClients({}, { AWS_ENDPOINT_URL_DYNAMODB: dynamo, AWS_ENDPOINT_URL_S3: s3 });
  });
  afterAll(async () => {
    if (clients !== undefined) closeClients(clients);
    for (const server of running) await server.stop();
  });
  const servers: AwsServers = {
    clients() {
      if (clients === undefined) throw new Error("The servers run only while tests do.");
      return clients;
    },
    urls: () => ({ dynamo: running[0]?.url ?? "", s3: running[1]?.url ?? "" }),
    async stores() {
      const { dynamodb, s3 } = servers.clients();
      const table = `runs-${++count}`;
      const bucket = `data-${count}`;
      await createTable(dynamodb, table);
      await createBucket(s3, bucket);
      return { ...openAwsStores({ dynamodb, s3, table, bucket }), table, bucket };
    },
  };
  return servers;
}
