import { close, defineStrategy, z } from "backstitch";

/** Buys with a tag that is markup, and fails at bar 1,000 with a message that is markup. */
export default defineStrategy({
  name: "failing",
  description: "Fails.",
  params: z.strictObject({}),
  columns: () => ({ close: close }),
  wakeOn: [],
  onBar: (bar) => {
    if (bar.index === 1_000) throw new Error("no <img src=x> here");
    if (bar.index % 100 === 0) bar.buy({ tag: "<script>alert(1)</script>" });
    if (bar.index % 100 === 50) bar.closePosition({ tag: "a & b" });
  },
});
