/**
 * A process of its own that commits checkpoints to a run: `node aws-committing-process.ts TABLE BUCKET MARK LAST`, with the endpoints in its
 * environment. Waits for a line on stdin, then tries every sequence from 1 to LAST, and prints one JSON line for each outcome.
 */
import { once } from "node:events";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { openAwsStores } from "../../lib/stores/aws/stores.ts";
import { checkpoint, checkpointId, segment } from "./run-records.builder.ts";

const [table = "", bucket = "", mark = "0", last = "0"] = process.argv.slice(2);
const clients = awsClients();
const { runs } = openAwsStores({ ...clients, table, bucket });
process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdin.destroy();
for (let sequence = 1; sequence <= Number(last); sequence++) {
  const id = checkpointId(Number(mark) * 0x10000 + sequence);
  const outcome = await runs.commit(checkpoint({ sequence, checkpointId: id }), segment({ sequence }));
  process.stdout.write(`${JSON.stringify({ sequence, id, kind: outcome.kind })}\n`);
}
closeClients(clients);
