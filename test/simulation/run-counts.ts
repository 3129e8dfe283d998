import { z } from "zod";

/** The long suite (vitest.long.config.ts) does the same as the normal one, many times over. */
const isLong = z.stringbool().default(false).parse(process.env.BACKSTITCH_LONG_TESTS);

/** How many random cases a property tries, and how many processes are killed, and how many schedules of faults a run in the cloud has to survive. */
export const runCounts = isLong
  ? { cases: 2_000, kills: 1_000, faultSchedules: 200 }
  : { cases: 40, kills: 25, faultSchedules: 10 };
