import { columnKey } from "../engine/column-set.ts";
import type { Column, Kernel, KernelDefinition } from "../engine/columns.ts";
import { exponential } from "../engine/exponential.ts";
import type { BoundModel } from "./bound-model.ts";
import { combine, type Ensemble } from "./ensemble.ts";
import { classify, type EdgeRequirement, judgeReturn, type Opinion, type OutputMeaning } from "./model-output.ts";
import { shortKey } from "./short-key.ts";

/** What a member of an ensemble is asked by: its columns, and what its outputs mean. */
export type Member = { readonly columns: BoundModel["columns"]; readonly meaning: OutputMeaning };

/**
 * The opinion of one or several models at every bar, defined everywhere. `status` is 0 where features are missing, 1 where there are probabilities, −1 where there is a predicted return, above 1 where there
 * is a fault (`faultText`); `signal` is 1 for BUY, −1 for SELL and 0 for HOLD; `buy` and `sell` are the probabilities of these classes, `predicted` the predicted return. What
 * does not apply is 0.
 */
export type OpinionColumns = { readonly [name in (typeof series)[number]]: Column };

const series = ["status", "signal", "confidence", "buy", "sell", "predicted"] as const;

/** The columns of the members' common opinion; one member is its own. `edge` is for regressions. */
export function opinionColumns(members: readonly Member[], ensemble: Ensemble, edge: EdgeRequirement): OpinionColumns {
  const inputs = members.flatMap(({ columns }) => [...columns.outputs, columns.status]);
  const meanings = members.map(({ meaning }) => meaning);
  const kernel = opinionKernel(meanings, ensemble, edge);
  const key = `opinion ${shortKey([kernel.name, ...inputs.map(columnKey)])}`;
  const column = (output: string): Column => ({ kind: "kernel", kernel, params: {}, inputs, output, key });
  return {
    status: column("status"),
    signal: column("signal"),
    confidence: column("confidence"),
    buy: column("buy"),
    sell: column("sell"),
    predicted: column("predicted"),
  };
}

/** The opinion at a bar as its columns say it; "missing" where features are. */
export function opinionAt(at: { readonly [name in (typeof series)[number]]: number }): Opinion | "missing" {
  if (at.status === 0) return "missing";
  if (at.status > answered) return { kind: "fault", reason: faultText(at.status) };
  return {
    kind: "opinion",
    signal: at.signal > 0 ? "BUY" : at.signal < 0 ? "SELL" : "HOLD",
    confidence: at.confidence,
    probabilities: at.status === returned ? {} : { BUY: at.buy, SELL: at.sell },
    predictedReturn: at.status === returned ? at.predicted : null,
  };
}

const answered = 1;
const returned = -1;
const failed = 2;
const impossible = 3;

/** Why there was no opinion, of a status above 1. */
export function faultText(status: number): string {
  return status === failed
    ? "the model failed or gave a number that is not finite"
    : "the model gave probabilities that cannot be, or the ensemble cannot combine what its models gave";
}

/** Kernels of the same name are shared, so that it says all. */
function opinionKernel(
  meanings: readonly OutputMeaning[],
  ensemble: Ensemble,
  edge: EdgeRequirement,
): KernelDefinition {
  const [only] = meanings;
  const isClassifier = meanings.length === 1 && only?.kind === "classification";
  return {
    name: `opinion ${JSON.stringify({ meanings, ensemble, edge })}`,
    outputs: series,
    create: () => rowByRow(isClassifier ? classifierRows(only) : combinedRows(meanings, ensemble, edge)),
  };
}

/** Writes the opinion of one bar into the outputs; `inputs` are outputs and status, member by member. */
type WriteRow = (inputs: readonly Float64Array[], outputs: readonly Float64Array[], i: number) => void;

function rowByRow(write: WriteRow): Kernel {
  return {
    update(inputs, outputs) {
      for (let i = 0; i < outputs[0].length; i++) write(inputs, outputs, i);
    },
    save: () => null,
    restore() {},
  };
}

/** As `classify` does, without an object for every bar. */
function classifierRows({ classes, scale }: OutputMeaning & { kind: "classification" }): WriteRow {
  const count = classes.length;
  const [buy, sell] = [classes.indexOf("BUY"), classes.indexOf("SELL")];
  const values = new Float64Array(count);
  return (inputs, [statuses, signals, confidences, buys, sells, predicted], i) => {
    signals[i] = confidences[i] = buys[i] = sells[i] = predicted[i] = 0;
    statuses[i] = statusOf(inputs[count][i]);
    if (statuses[i] !== answered) return;
    for (let k = 0; k < count; k++) values[k] = inputs[k][i];
    const best = scale === "logits" ? softmaxInPlace(values) : greatest(values);
    if (scale === "probabilities" && !arePossible(values)) {
      statuses[i] = impossible;
      return;
    }
    signals[i] = best === buy ? 1 : best === sell ? -1 : 0;
    confidences[i] = values[best];
    buys[i] = buy < 0 ? 0 : values[buy];
    sells[i] = sell < 0 ? 0 : values[sell];
  };
}

/** The same operations in the same order as `softmax`; returns the index of the greatest. */
function softmaxInPlace(values: Float64Array): number {
  const peak = values[greatest(values)];
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    values[k] = exponential(values[k] - peak);
    sum += values[k];
  }
  for (let k = 0; k < values.length; k++) values[k] /= sum;
  return greatest(values);
}

function greatest(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}

function arePossible(values: Float64Array): boolean {
  let sum = 0;
  for (const value of values) {
    if (value < 0) return false;
    sum += value;
  }
  return Math.abs(sum - 1) <= 1e-3;
}

function combinedRows(meanings: readonly OutputMeaning[], ensemble: Ensemble, edge: EdgeRequirement): WriteRow {
  const widths = meanings.map((meaning) => (meaning.kind === "regression" ? 1 : meaning.classes.length));
  return (inputs, [statuses, signals, confidences, buys, sells, predicted], i) => {
    signals[i] = confidences[i] = buys[i] = sells[i] = predicted[i] = 0;
    let at = 0;
    let worst = answered;
    const opinions = meanings.map((meaning, m): Opinion | "missing" => {
      const outputs = inputs.slice(at, at + widths[m]).map((column) => column[i]);
      const status = statusOf(inputs[at + widths[m]][i]);
      at += widths[m] + 1;
      worst = Math.max(worst, status);
      if (status === 0) return "missing";
      if (status !== answered) return { kind: "fault", reason: faultText(status) };
      return meaning.kind === "regression" ? judgeReturn(outputs[0], edge) : classify(outputs, meaning);
    });
    const opinion = opinions.length === 1 ? opinions[0] : combine(ensemble, opinions);
    if (opinion === "missing") {
      statuses[i] = 0;
      return;
    }
    if (opinion.kind === "fault") {
      statuses[i] = worst === answered ? impossible : worst;
      return;
    }
    statuses[i] = opinion.predictedReturn === null ? answered : returned;
    signals[i] = opinion.signal === "BUY" ? 1 : opinion.signal === "SELL" ? -1 : 0;
    confidences[i] = opinion.confidence;
    buys[i] = opinion.probabilities.BUY ?? 0;
    sells[i] = opinion.probabilities.SELL ?? 0;
    predicted[i] = opinion.predictedReturn ?? 0;
  };
}

/** The status of a model's column, with 0 for what is missing. */
function statusOf(status: number): number {
  return Number.isNaN(status) ? 0 : status;
}
