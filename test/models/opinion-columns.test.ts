import fc from "fast-check";
import { expect, test } from "vitest";
import { ColumnSet } from "../../lib/engine/column-set.ts";
import type { Column } from "../../lib/engine/columns.ts";
import { combine, type Ensemble } from "../../lib/models/ensemble.ts";
import { classify, judgeReturn, type Opinion, type OutputMeaning } from "../../lib/models/model-output.ts";
import { opinionAt, opinionColumns } from "../../lib/models/opinion-columns.ts";
import { barsOf } from "../engine/bars-of.ts";

const edge = { roundTripCost: 0.003, edgeMultiplier: 1.5 };
const logits: OutputMeaning = { kind: "classification", scale: "logits", classes: ["BUY", "HOLD", "SELL"] };
const probabilities: OutputMeaning = { kind: "classification", scale: "probabilities", classes: ["SELL", "BUY"] };
const regimes: OutputMeaning = { kind: "classification", scale: "logits", classes: ["calm", "wild"] };
const regression: OutputMeaning = { kind: "regression" };

const number = fc.oneof(fc.constantFrom(0, 0.0045, -0.0045, 0.5, 1), fc.double({ min: -3, max: 3, noNaN: true }));
const status = fc.constantFrom(1, 1, 1, 1, 2, Number.NaN);
const cases: readonly (readonly [string, readonly OutputMeaning[], Ensemble])[] = [
  ["a classifier of logits", [logits], { kind: "mean" }],
  ["a classifier of probabilities", [probabilities], { kind: "mean" }],
  ["a classifier without BUY and SELL", [regimes], { kind: "mean" }],
  ["a regression", [regression], { kind: "mean" }],
  ["the mean of two", [logits, probabilities], { kind: "mean" }],
  ["a vote of three", [logits, regression, probabilities], { kind: "vote" }],
  ["a mean that cannot be", [logits, regression], { kind: "mean" }],
  ["a route by regime", [regimes, logits, regression], { kind: "routed", routes: { wild: 1 } }],
];

test.each(cases)(
  "%s has the opinion at every bar that its functions give for that bar alone",
  (_what, meanings, ensemble) => {
    const row = fc.tuple(...meanings.map((meaning) => fc.tuple(fc.tuple(...outputsOf(meaning)), status)));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const found = columnOpinions(rows, meanings, ensemble).map((at) => plain(opinionAt(at)));
        expect(found).toEqual(rows.map((one) => plain(alone(one, meanings, ensemble))));
      }),
    );
  },
);

type Row = readonly (readonly [readonly number[], number])[];

function outputsOf(meaning: OutputMeaning) {
  if (meaning.kind === "regression") return [number];
  return meaning.classes.map(() => number);
}

function alone(row: Row, meanings: readonly OutputMeaning[], ensemble: Ensemble): Opinion | "missing" {
  const opinions = row.map(([outputs, one], m): Opinion | "missing" => {
    const meaning = meanings[m];
    if (Number.isNaN(one)) return "missing";
    if (one === 2) return { kind: "fault", reason: "failed" };
    return meaning.kind === "regression" ? judgeReturn(outputs[0], edge) : classify(outputs, meaning);
  });
  return opinions.length === 1 ? opinions[0] : combine(ensemble, opinions);
}

/** What a decision reads of an opinion. */
function plain(opinion: Opinion | "missing") {
  if (opinion === "missing") return "missing";
  if (opinion.kind === "fault") return "fault";
  const { signal, confidence, predictedReturn } = opinion;
  const { BUY = 0, SELL = 0 } = opinion.probabilities;
  return { signal, confidence, BUY, SELL, predictedReturn: predictedReturn === null ? null : predictedReturn + 0 };
}

/** Runs the columns over rows that stand in for the models' own columns. */
function columnOpinions(rows: readonly Row[], meanings: readonly OutputMeaning[], ensemble: Ensemble) {
  const given = (values: readonly number[], name: string): Column => ({
    kind: "kernel",
    kernel: {
      name,
      outputs: ["value"],
      create: () => ({ update: (_in, [out]) => out.set(values), save: () => null, restore() {} }),
    },
    params: {},
    inputs: [],
    output: "value",
  });
  const members = meanings.map((meaning, m) => ({
    meaning,
    columns: {
      outputs: outputsOf(meaning).map((_, k) =>
        given(
          rows.map((row) => row[m][0][k]),
          `model ${m} output ${k}`,
        ),
      ),
      status: given(
        rows.map((row) => row[m][1]),
        `model ${m} status`,
      ),
    },
  }));
  const columns = opinionColumns(members, ensemble, edge);
  const set = new ColumnSet(Object.values(columns), 1);
  set.compute(barsOf(rows.map(() => 100)));
  const at = (column: Column, bar: number) => set.view(column).values[bar + 1];
  return rows.map((_, bar) => ({
    status: at(columns.status, bar),
    signal: at(columns.signal, bar),
    confidence: at(columns.confidence, bar),
    buy: at(columns.buy, bar),
    sell: at(columns.sell, bar),
    predicted: at(columns.predicted, bar),
  }));
}
