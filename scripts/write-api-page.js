// Writes docs/API.md from the API's own description.
import { writeFileSync } from "node:fs";
import { describedApi } from "../lib/local/described-api.ts";

writeFileSync(new URL("../docs/API.md", import.meta.url), (await describedApi()).page);
