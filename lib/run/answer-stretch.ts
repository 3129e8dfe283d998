import { ColumnSet } from "../engine/column-set.ts";
import type { Column } from "../engine/columns.ts";
import { askedModels, restoreColumns, seriesOf, unaskedBefore } from "./asked-models.ts";
import type { OpenedRun, RunStores } from "./opened-run.ts";
import { type AnswerBlock, type BarRange, type StretchAnswers, storeIndex, storeRows } from "./stored-answers.ts";

/** Bars of one object: what a segment reads too much at its ends is little. */
const blockBars = 65_536;
/** Between two looks at the time; whole inference blocks, so that none is asked in two parts. */
const askedBars = 2_048;
const featureBars = 8_192;

/**
 * Asks the models of a run about a stretch of bars, with features from the run's newest checkpoint on, and stores what they say. When `isOver`, it stops where it is; the run asks
 * about the rest itself. It writes nothing else: a repeat, also a late one, stores the same objects.
 */
export async function answerStretch(
  opened: OpenedRun,
  { startBar, endBar }: BarRange,
  stores: RunStores,
  isOver: () => Promise<boolean>,
): Promise<StretchAnswers> {
  const models = askedModels(opened.program);
  const columns = models.map((model) => unaskedBefore(model, startBar));
  const set = new ColumnSet(columns.flatMap(seriesOf), 0);
  let bar = await restoreColumns(set, opened, stores);
  const compute = async (to: number): Promise<void> => {
    set.compute(await opened.snapshot.read(bar, to));
    bar = to;
  };
  const blocks: AnswerBlock[] = [];
  let over = await isOver();
  while (bar < startBar && !over) {
    await compute(Math.min(startBar, bar + featureBars));
    over = await isOver();
  }
  while (bar < endBar && !over) {
    const from = bar;
    const to = Math.min(endBar, (Math.floor(from / blockBars) + 1) * blockBars);
    const rows = models.map(({ kernel }) => new Float32Array((to - from) * kernel.model.outputWidth));
    while (bar < to && !over) {
      const at = bar - from;
      await compute(Math.min(to, (Math.floor(bar / askedBars) + 1) * askedBars));
      for (const [m, column] of columns.entries()) copyRows(set, column, rows[m], at);
      over = await isOver();
    }
    const stored: { [model: string]: string } = {};
    for (const [m, { key, kernel }] of models.entries())
      stored[key] = await storeRows(rows[m].slice(0, (bar - from) * kernel.model.outputWidth), stores.objects);
    blocks.push({ startBar: from, endBar: bar, rows: stored });
  }
  return storeIndex(startBar, blocks, stores.objects);
}

/** Writes a model's outputs over the set's bars as rows; NaN where it failed, as the model itself would have given them. */
function copyRows(set: ColumnSet, column: Extract<Column, { kind: "kernel" }>, rows: Float32Array, from: number): void {
  const series = seriesOf(column).map((one) => set.view(one).values);
  const width = series.length - 1;
  const status = series[width];
  for (let k = 0; k < width; k++)
    for (let i = 0; i < status.length; i++) rows[(from + i) * width + k] = status[i] === 1 ? series[k][i] : Number.NaN;
}
