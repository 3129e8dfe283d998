/**
 * A process of its own that tries to open the stores in HOME, to put one object of BYTES bytes and to commit one checkpoint with as
 * large a state: `node writing-process.ts HOME BYTES`. Prints one JSON line: what each step threw (`name: message`), or "done".
 */
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { checkpoint, segment, startRun } from "./run-records.builder.ts";

const [home = "", size = "0"] = process.argv.slice(2);
const opening = await attempt(() => openLocalStores(home));
const steps: Record<string, string> = { open: opening.text };
const stores = opening.result;
if (stores !== undefined) {
  const text = "s".repeat(Number(size));
  steps.put = (await attempt(() => stores.objects.put("parts", Buffer.from(text)))).text;
  const commit = async () => {
    await startRun(stores.runs);
    await stores.runs.commit(checkpoint({ state: { kind: "inline", text } }), segment());
  };
  steps.commit = (await attempt(commit)).text;
}
process.stdout.write(`${JSON.stringify(steps)}\n`);

async function attempt<T>(step: () => Promise<T>): Promise<{ readonly text: string; readonly result?: T }> {
  try {
    return { text: "done", result: await step() };
  } catch (error) {
    return { text: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
