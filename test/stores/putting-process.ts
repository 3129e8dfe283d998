/** A process of its own that puts 1 MB objects until it is killed: `node putting-process.ts HOME`. Prints each hash once it is stored. */
import { openLocalStores } from "../../lib/stores/local/stores.ts";

const { objects } = await openLocalStores(process.argv[2] ?? "");
for (let index = 0; index < 10_000; index++) {
  const bytes = new Uint8Array(1_000_000).fill(index % 256);
  bytes[0] = index >> 8;
  process.stdout.write(`${await objects.put("parts", bytes)}\n`);
}
