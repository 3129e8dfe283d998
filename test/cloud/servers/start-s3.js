// An S3 server in memory on 127.0.0.1 and a free port, which it prints as one line of JSON.
import { buildApp } from "fauxqs";

const app = buildApp({ logger: false });
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ port: app.server.address().port }));
