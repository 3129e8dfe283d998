import type { ColumnSet } from "../engine/column-set.ts";
import { columnKey } from "../engine/column-set.ts";
import type { Column } from "../engine/columns.ts";
import { laneColumns } from "../engine/lane.ts";
import type { Program } from "../engine/simulation.ts";
import { asksModel, type KnownAnswers, type ModelKernelDefinition } from "../models/model-columns.ts";
import { loadState } from "./checkpoint.ts";
import type { OpenedRun, RunStores } from "./opened-run.ts";

type KernelColumn = Extract<Column, { kind: "kernel" }>;

/** A model that a run asks; `key` is what its columns are shared under. */
export type AskedModel = {
  readonly key: string;
  readonly column: KernelColumn;
  readonly kernel: ModelKernelDefinition;
};

/** The models that the lanes ask, each once. */
export function askedModels({ lanes }: Program): readonly AskedModel[] {
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

/** The program whose models, by their keys, give these answers where they are known. */
export function overAnswers(program: Program, answers: ReadonlyMap<string, KnownAnswers>): Program {
  const change = (column: Column): Column => {
    if (column.kind === "bars") return column;
    const model = askedBy(column);
    const known = model === undefined ? undefined : answers.get(model.key);
    if (model !== undefined && known !== undefined) return { ...column, kernel: model.kernel.over(known) };
    return { ...column, inputs: column.inputs.map(change) };
  };
  const lanes = program.lanes.map((lane) => {
    const columns = Object.entries(laneColumns(lane)).map(([name, column]) => [name, change(column)]);
    return { ...lane, strategy: { ...lane.strategy, columns: () => Object.fromEntries(columns) } };
  });
  return { ...program, lanes };
}

/** A model's column for the bars from `startBar` on; before them its features are computed and it is not asked. */
export function unaskedBefore({ column, kernel }: AskedModel, startBar: number): KernelColumn {
  const width = kernel.model.outputWidth;
  const rows: KnownAnswers["rows"] = (bar, count) => (bar < startBar ? new Float32Array(count * width) : undefined);
  return { ...column, kernel: kernel.over({ rows }) };
}

/** All series of a column's kernel: of a model its outputs, and its status as the last. */
export function seriesOf(column: KernelColumn): readonly Column[] {
  return column.kernel.outputs.map((output) => ({ ...column, output }));
}

/** Puts the columns into the state of the run's head; returns the bar there. */
export async function restoreColumns(set: ColumnSet, { run }: OpenedRun, stores: RunStores): Promise<number> {
  if (run.headSequence === 0) return run.startBar;
  const head = await stores.runs.getCheckpoint(run.runId, run.headSequence);
  if (head === undefined) return run.startBar;
  const state = await loadState(head, stores.objects);
  set.restoreKernels(state.columns);
  return state.barIndex;
}

function askedBy(column: Column): AskedModel | undefined {
  if (column.kind === "bars" || !asksModel(column.kernel)) return undefined;
  const { kernel } = column;
  return { key: columnKey({ ...column, output: "status" }), column, kernel };
}
