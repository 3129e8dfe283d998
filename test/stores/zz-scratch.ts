import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import { startFaultProxy } from "../cloud/fault-proxy.ts";
import { createBucket, createTable, startDynamo, startS3, testCredentials } from "../cloud/servers.ts";

Object.assign(process.env, testCredentials);
const s3server = await startS3();
const d = await startDynamo();
const p = await startFaultProxy(s3server.url, ({ method }) =>
  method === "GET" ? { kind: "slowBody", pieceBytes: 1000, pauseMs: 600_000 } : undefined,
);
const pd = await startFaultProxy(d.url, ({ operation }) =>
  operation === "GetItem" ? { kind: "delay", ms: 600_000 } : undefined,
);
const c = awsClients({}, { AWS_ENDPOINT_URL_S3: p.url, AWS_ENDPOINT_URL_DYNAMODB: pd.url });
await createBucket(c.s3, "bbb");
await createTable(c.dynamodb, "ttt");
const st = openAwsStores({ ...c, table: "ttt", bucket: "bbb" });
const hash = await st.objects.put("parts", new Uint8Array(100_000));
const t = Date.now();
await Promise.all([
  st.objects.get("parts", hash).then(
    () => console.log("got"),
    (e) => console.log("object", e.name, e.message, (Date.now() - t) / 1000, p.seen.length),
  ),
  st.runs.getRun("r1").then(
    () => console.log("got"),
    (e) => console.log("run", e.name, e.message, (Date.now() - t) / 1000, pd.seen.length),
  ),
]);
closeClients(c);
process.exit();
