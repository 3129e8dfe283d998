import { beforeAll, expect, test } from "vitest";
import { ColumnSet } from "../../lib/engine/column-set.ts";
import { laneColumns } from "../../lib/engine/lane.ts";
import { answerStretch } from "../../lib/run/answer-stretch.ts";
import { askedModels } from "../../lib/run/asked-models.ts";
import { addModel } from "../../lib/run/model-catalog.ts";
import { type OpenedRun, openRun, type RunStores } from "../../lib/run/opened-run.ts";
import { overStoredAnswers, type StretchAnswers, storeIndex, storeRows } from "../../lib/run/stored-answers.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";

const bars = { startBar: 0, endBar: 6_000 };
const spec = { data: { snapshot: "bars" }, strategy: { name: "model", params: { model: "net" } } };

let stores: RunStores;
let opened: OpenedRun;

beforeAll(async () => {
  stores = await marketStores({ count: bars.endBar, seed: 3, timeframe: "1m", chunkBars: 65_536 });
  await addModel(randomBundle("dense window", 4), undefined, 1, stores.objects);
  opened = await openRun(await plannedRun(spec, undefined, stores), stores);
});

function answered(startBar: number, endBar: number): Promise<StretchAnswers> {
  return answerStretch(opened, { startBar, endBar }, stores, async () => false);
}

/** What the run's lane sees of its model, bar by bar, when it goes over the bars in pieces that end at these. */
async function seen({ program, snapshot }: OpenedRun, ends: readonly number[]): Promise<number[][]> {
  const columns = Object.values(laneColumns(program.lanes[0]));
  const set = new ColumnSet(columns, 0);
  const rows: number[][] = columns.map(() => []);
  let bar = 0;
  for (const end of ends) {
    set.compute(await snapshot.read(bar, end));
    for (const [i, column] of columns.entries()) rows[i].push(...set.view(column).values);
    bar = end;
  }
  return rows;
}

test.each([
  ["that lie in one stretch", [[0, 6_000]], [2_000, 4_000, 6_000]],
  [
    "that lie in several",
    [
      [0, 1_500],
      [1_500, 3_001],
      [3_001, 6_000],
    ],
    [700, 3_500, 6_000],
  ],
  [
    "of which some are missing between",
    [
      [0, 1_500],
      [3_001, 6_000],
    ],
    [1_000, 1_400, 4_000, 6_000],
  ],
  ["of which the first and the last are missing", [[1_024, 5_000]], [1_024, 3_000, 6_000]],
])("answers %s give every bar what the model itself says", async (_, stretches, ends) => {
  const answers: StretchAnswers[] = [];
  for (const [startBar, endBar] of stretches) answers.push(await answered(startBar, endBar));
  const over = await overStoredAnswers(opened, answers, bars, stores);
  expect(over).not.toBe(opened);
  expect(await seen(over, ends)).toEqual(await seen(opened, ends));
});

test("of what was answered, only what a segment needs is read", async () => {
  const key = askedModels(opened.program)[0].key;
  const rows = { [key]: await storeRows(new Float32Array(3 * 2_000), stores.objects) };
  const blocks = [0, 2_000].map((startBar) => ({ startBar, endBar: startBar + 2_000, rows }));
  const answers = [await storeIndex(0, blocks, stores.objects), await answered(4_000, 6_000)];
  let reads = 0;
  const get: RunStores["objects"]["get"] = (kind, hash) => {
    reads += 1;
    return stores.objects.get(kind, hash);
  };
  const counting: RunStores = { ...stores, objects: { ...stores.objects, get } };
  // The index of one stretch, and the rows of one block.
  await overStoredAnswers(opened, answers, { startBar: 2_500, endBar: 3_000 }, counting);
  expect(reads).toBe(2);
  expect(await overStoredAnswers(opened, [], bars, counting)).toBe(opened);
});
