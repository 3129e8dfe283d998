import { defineConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** The simulations and the fault schedules in the cloud, with many more cases and a thousand kills. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ["test/simulation/**/*.test.ts", "test/cloud/fault-schedules.test.ts"],
    env: { BACKSTITCH_LONG_TESTS: "true" },
    testTimeout: 7_200_000,
  },
});
