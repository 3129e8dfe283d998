import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { backstitch: fileURLToPath(new URL("./lib/backstitch.ts", import.meta.url)) } },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/shared-builds.ts"],
    // By default one core is left idle; many tests wait for processes of their own.
    maxWorkers: "100%",
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
