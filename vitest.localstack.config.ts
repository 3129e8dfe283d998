import { defineConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** The end-to-end suite against an emulator of AWS; docs/LOCALSTACK.md says how to start one. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ["test/localstack/**/*.emulator.ts"],
    // A first invocation pulls an image there.
    testTimeout: 900_000,
    hookTimeout: 1_800_000,
  },
});
