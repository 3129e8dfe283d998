import { availableParallelism } from "node:os";
import { ColumnSet, columnKey } from "../engine/column-set.ts";
import type { Column } from "../engine/columns.ts";
import { laneColumns } from "../engine/lane.ts";
import type { Program } from "../engine/simulation.ts";
import { asksModel, type KnownAnswers, type ModelKernelDefinition } from "../models/model-columns.ts";
import { loadState } from "./checkpoint.ts";
import type { OpenedRun, RunStores } from "./opened-run.ts";

/**
 * What models say does not depend on the position, so that stretches of bars can be asked about side by side, before the run goes over them in turn. A stretch is the work of a
 * thread, or of an invocation: the bars [startBar, endBar) of a run.
 */
export type Stretch = { readonly runId: string; readonly startBar: number; readonly endBar: number };

/** Where the answers of a stretch lie: by model, an object of kind "answers", float32 in little endian, one row of outputs a bar. */
export type StretchAnswers = { readonly [model: string]: string };

/** Has stretches answered, at the same time; what it gives is in their order. */
export type AskAhead = (stretches: readonly Stretch[]) => Promise<readonly StretchAnswers[]>;

/** Stretches end at the ends of inference blocks. */
const blockRows = 1_024;
/** This much is asked ahead at most; what comes after is asked as the run goes. */
const mostBytes = 256_000_000;
const pieceBars = 8_192;
/** Threads load their code and the run before they begin. */
const startMs = 700;

/** The run with what its models say asked ahead, where its spec wants that, or leaves the choice and measured times speak for it; else the run as it is. */
export async function withAnswers(opened: OpenedRun, ask: AskAhead, stores: RunStores): Promise<OpenedRun> {
  const models = modelsOf(opened.program);
  const how = opened.spec.models?.inference ?? "auto";
  const threads = availableParallelism();
  const rowBytes = models.reduce((sum, { kernel }) => sum + 4 * kernel.model.outputWidth, 0);
  if (models.length === 0 || how === "inline") return opened;
  const from = opened.run.headBar;
  const to = Math.min(opened.run.endBar, from + Math.floor(mostBytes / rowBytes));
  if (to <= from) return opened;
  const cost = how === "auto" ? await measure(opened, models, stores) : evenCost;
  if (how === "auto" && !isWorthIt(cost, to - from, threads)) return opened;
  const stretches = cutStretches(opened.run.runId, from, to, Math.max(2, threads), cost);
  const answers = await ask(stretches);
  const known = new Map<string, KnownAnswers>();
  for (const { key, kernel } of models) known.set(key, await readAnswers(key, kernel, stretches, answers, stores));
  return { ...opened, program: over(opened.program, ({ key }) => known.get(key)) };
}

/** Asks the models of a run about a stretch, with features from the run's newest checkpoint on, and stores what they say. */
export async function answerStretch(
  opened: OpenedRun,
  { startBar, endBar }: Stretch,
  stores: RunStores,
): Promise<StretchAnswers> {
  const models = modelsOf(opened.program);
  const kept = models.map(({ kernel }) => new Float32Array((endBar - startBar) * kernel.model.outputWidth));
  const columns = models.map((model) => unaskedBefore(model, startBar));
  const set = new ColumnSet(columns.flatMap(seriesOf), 0);
  let bar = await restore(set, opened, stores);
  while (bar < endBar) {
    const next = Math.min(bar < startBar ? startBar : endBar, bar + pieceBars);
    set.compute(await opened.snapshot.read(bar, next));
    if (bar >= startBar) for (const [m, column] of columns.entries()) copyRows(set, column, kept[m], bar - startBar);
    bar = next;
  }
  const stored: { [model: string]: string } = {};
  for (const [m, { key }] of models.entries())
    stored[key] = await stores.objects.put("answers", new Uint8Array(kept[m].buffer));
  return stored;
}

type ModelColumn = Extract<Column, { kind: "kernel" }> & { readonly kernel: ModelKernelDefinition };
type AskedModel = { readonly key: string; readonly column: ModelColumn; readonly kernel: ModelKernelDefinition };

/** The models that the lanes ask, each once, by what its columns are shared under. */
function modelsOf({ lanes }: Program): readonly AskedModel[] {
  const found = new Map<string, AskedModel>();
  const look = (column: Column): void => {
    if (column.kind === "bars") return;
    const model = askedBy(column);
    if (model !== undefined) found.set(model.key, model);
    for (const input of column.inputs) look(input);
  };
  for (const lane of lanes) for (const column of Object.values(laneColumns(lane))) look(column);
  return [...found.values()];
}

function askedBy(column: Column): AskedModel | undefined {
  if (column.kind === "bars" || !asksModel(column.kernel)) return undefined;
  const { kernel } = column;
  return { key: columnKey({ ...column, output: "status" }), column: { ...column, kernel }, kernel };
}

/** The program whose models give these answers where they are known. */
function over(program: Program, answersOf: (model: AskedModel) => KnownAnswers | undefined): Program {
  const change = (column: Column): Column => {
    if (column.kind === "bars") return column;
    const model = askedBy(column);
    const answers = model === undefined ? undefined : answersOf(model);
    if (model !== undefined && answers !== undefined) return { ...column, kernel: model.kernel.over(answers) };
    return { ...column, inputs: column.inputs.map(change) };
  };
  const lanes = program.lanes.map((lane) => {
    const columns = Object.entries(laneColumns(lane)).map(([name, column]) => [name, change(column)]);
    return { ...lane, strategy: { ...lane.strategy, columns: () => Object.fromEntries(columns) } };
  });
  return { ...program, lanes };
}

/** A model's column for the bars from `startBar` on; before them its features are computed and it is not asked. */
function unaskedBefore({ column, kernel }: AskedModel, startBar: number): Extract<Column, { kind: "kernel" }> {
  const width = kernel.model.outputWidth;
  const rows: KnownAnswers["rows"] = (bar, count) => (bar < startBar ? new Float32Array(count * width) : undefined);
  return { ...column, kernel: kernel.over({ rows }) };
}

function seriesOf(column: Extract<Column, { kind: "kernel" }>): readonly Column[] {
  return column.kernel.outputs.map((output) => ({ ...column, output }));
}

/** Puts the columns into the state of the run's head; returns the bar there. */
async function restore(set: ColumnSet, { run }: OpenedRun, stores: RunStores): Promise<number> {
  if (run.headSequence === 0) return run.startBar;
  const head = await stores.runs.getCheckpoint(run.runId, run.headSequence);
  if (head === undefined) return run.startBar;
  const state = await loadState(head, stores.objects);
  set.restoreKernels(state.columns);
  return state.barIndex;
}

/** Writes a model's outputs over the set's bars as rows; NaN where it failed, as the model itself would have given them. */
function copyRows(set: ColumnSet, column: Extract<Column, { kind: "kernel" }>, rows: Float32Array, from: number): void {
  const series = seriesOf(column).map((one) => set.view(one).values);
  const width = series.length - 1;
  const status = series[width];
  for (let k = 0; k < width; k++)
    for (let i = 0; i < status.length; i++) rows[(from + i) * width + k] = status[i] === 1 ? series[k][i] : Number.NaN;
}

async function readAnswers(
  key: string,
  { model }: ModelKernelDefinition,
  stretches: readonly Stretch[],
  answers: readonly StretchAnswers[],
  stores: RunStores,
): Promise<KnownAnswers> {
  const width = model.outputWidth;
  const startBar = stretches[0].startBar;
  const endBar = stretches[stretches.length - 1].endBar;
  const all = new Float32Array((endBar - startBar) * width);
  for (const [s, stretch] of stretches.entries()) {
    const bytes = await stores.objects.get("answers", answers[s][key]);
    all.set(new Float32Array(bytes.slice().buffer), (stretch.startBar - startBar) * width);
  }
  return {
    rows: (bar, count) =>
      bar >= startBar && bar + count <= endBar
        ? all.subarray((bar - startBar) * width, (bar - startBar + count) * width)
        : undefined,
  };
}

/** Milliseconds a bar, for features and for asking. */
type Cost = { readonly features: number; readonly asking: number };

const evenCost: Cost = { features: 0, asking: 1 };

/** Measured over the next bars, once with asking and once without. */
async function measure(opened: OpenedRun, models: readonly AskedModel[], stores: RunStores): Promise<Cost> {
  const { headBar, endBar } = opened.run;
  const bars = await opened.snapshot.read(headBar, Math.min(endBar, headBar + pieceBars));
  const timesOf = async (columns: readonly Extract<Column, { kind: "kernel" }>[]): Promise<number> => {
    const set = new ColumnSet(columns.flatMap(seriesOf), 0);
    await restore(set, opened, stores);
    const beganMs = performance.now();
    set.compute(bars);
    return (performance.now() - beganMs) / bars.close.length;
  };
  const unasked = models.map((model) => unaskedBefore(model, Number.POSITIVE_INFINITY));
  // The first time loads the model and warms the code.
  await timesOf(models.map(({ column }) => column));
  const both = await timesOf(models.map(({ column }) => column));
  const features = await timesOf(unasked);
  return { features, asking: Math.max(0, both - features) };
}

/** Asked ahead, every thread computes the features up to its stretch, and the run computes them again. */
function isWorthIt({ features, asking }: Cost, bars: number, threads: number): boolean {
  if (threads < 2) return false;
  const inlineMs = bars * (features + asking);
  const aheadMs = startMs + bars * (2 * features + asking / threads);
  return aheadMs < 0.9 * inlineMs;
}

/** Stretches that end together: a later one has more features before it, and so fewer bars. */
function cutStretches(
  runId: string,
  from: number,
  to: number,
  count: number,
  { features, asking }: Cost,
): readonly Stretch[] {
  // Of a stretch [a, b) of [0, 1): features × b + asking × (b − a) is the same for all.
  const ratio = asking / (features + asking || 1);
  const lengths = Array.from({ length: count }, (_, i) => ratio ** i);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const stretches: Stretch[] = [];
  let startBar = from;
  let share = 0;
  for (const length of lengths) {
    share += length / whole;
    const end = from + Math.ceil((share * (to - from)) / blockRows) * blockRows;
    const endBar = stretches.length === count - 1 ? to : Math.min(to, end);
    if (endBar > startBar) stretches.push({ runId, startBar, endBar });
    startBar = Math.max(startBar, endBar);
  }
  return stretches[stretches.length - 1]?.endBar === to ? stretches : [...stretches, { runId, startBar, endBar: to }];
}
