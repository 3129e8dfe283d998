import { describe, test } from "vitest";
import { describeEndToEnd } from "../cloud/end-to-end.suite.ts";
import { emulatorSettings, whyNoEmulator } from "./emulator-settings.ts";
import { openServedCloud } from "./served-cloud.ts";

const settings = emulatorSettings(process.env);
const why = await whyNoEmulator(settings, process.env);
if (why !== undefined) process.stderr.write(`Skipped: ${why}\n`);

describe.skipIf(why !== undefined)(`on the emulator at ${settings.endpointUrl}`, () => {
  describeEndToEnd("a user's work through backstitch serve --cloud", () => openServedCloud(settings), {
    redeploys: false,
    turnsPerExecution: settings.turnsPerExecution,
  });
});

test.skipIf(why === undefined)("nothing is tried where no emulator answers", () => undefined);
