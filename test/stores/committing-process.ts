/**
 * A process of its own that commits checkpoints to a run: `node committing-process.ts HOME MARK LAST STATE_BYTES`. Waits for a line on
 * stdin, then tries every sequence from 1 to LAST, and prints one JSON line for each outcome. MARK (a number) makes its ids its own.
 */
import { once } from "node:events";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { checkpoint, checkpointId, segment } from "./run-records.builder.ts";

const [home = "", mark = "0", last = "0", stateBytes = "0"] = process.argv.slice(2);
const { runs, close } = await openLocalStores(home);
const state = { kind: "inline", text: "s".repeat(Number(stateBytes)) } as const;
process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdin.destroy();
for (let sequence = 1; sequence <= Number(last); sequence++) {
  const id = checkpointId(Number(mark) * 0x10000 + sequence);
  const outcome = await runs.commit(checkpoint({ sequence, checkpointId: id, state }), segment({ sequence }));
  process.stdout.write(`${JSON.stringify({ sequence, id, kind: outcome.kind })}\n`);
}
await close();
