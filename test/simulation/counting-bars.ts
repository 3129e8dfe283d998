/** A strategy that is not deterministic: it counts the bars of its process in a variable of the module. */
import { z } from "zod";
import { defineStrategy } from "../../lib/engine/strategy.ts";

let barsOfProcess = 0;

export default defineStrategy({
  name: "counting-bars",
  params: z.strictObject({}),
  initialState: () => ({ barsSeen: 0 }),
  onBar(bar) {
    bar.state = { barsSeen: ++barsOfProcess };
  },
});
