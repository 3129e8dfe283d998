import { describe } from "vitest";
import type { RunStore } from "../../lib/run/run-store.ts";
import type { OpenStore } from "./opened.ts";
import { describeRunAttempts } from "./run-attempts.contract.ts";
import { describeRunCommits } from "./run-commits.contract.ts";
import { describeRunLists } from "./run-lists.contract.ts";
import { describeRunRemoval } from "./run-removal.contract.ts";
import { describeRunTexts } from "./run-texts.contract.ts";

/** What every run store promises; one test or more for each sentence of the type. */
export function describeRunStoreContract(name: string, open: OpenStore<RunStore>): void {
  describe(`${name}: run store`, () => {
    describeRunAttempts(open);
    describeRunCommits(open);
    describeRunLists(open);
    describeRunRemoval(open);
    describeRunTexts(open);
  });
}
