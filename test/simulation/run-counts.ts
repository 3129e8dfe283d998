import { z } from "zod";

/** The long suite (vitest.long.config.ts) does the same as the normal one, many times over. */
const isLong = z.stringbool().default(false).parse(process.env.BACKSTITCH_LONG_TESTS);

/** How many random cases a property tries, how many processes are killed, how many schedules of faults a run in the cloud has to survive, and how large a sweep is killed how often. */
export const runCounts = isLong
  ? {
      cases: 2_000,
      kills: 1_000,
      faultSchedules: 200,
      sweep: { lanes: 2_000, windows: 6, inSample: 6_000, kills: 40, minutes: 60 },
    }
  : {
      cases: 40,
      kills: 25,
      faultSchedules: 4,
      sweep: { lanes: 200, windows: 3, inSample: 900, kills: 5, minutes: 10 },
    };
