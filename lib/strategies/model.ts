import { z } from "zod";
import { type BarContext, defineStrategy } from "../engine/strategy.ts";
import { decide, type Moment } from "../models/decision.ts";
import { type Fault, listFault, requireFewFaults } from "../models/fault-count.ts";
import { modelNames } from "../models/model-name.ts";
import { faultText, opinionAt } from "../models/opinion-columns.ts";
import { decideWeight } from "../models/target-weight.ts";
import { type ModelPlan, modelPlan } from "./model-plan.ts";
import { sides } from "./sides.ts";

const fraction = z.number().min(0).max(1);

/** The parameters of the strategy "model"; what is left out follows the `decisions` section of the document that the (first) model was trained with. */
export const modelParams = z
  .strictObject({
    model: modelNames().describe("Name or id of an imported model, or a list of several: see `backstitch models ls`."),
    ensemble: z
      .enum(["mean", "vote", "routed"])
      .default("mean")
      .describe("How several models agree; routed: the first names a regime, `routes` the model for it."),
    routes: z
      .record(z.string(), z.int().min(0))
      .exactOptional()
      .describe("By class of the first model, which of the others is asked, from 0."),
    mode: z
      .enum(["signal", "target-weight"])
      .exactOptional()
      .describe("Follow BUY and SELL, or hold a part of the equity as large as the conviction."),
    side: sides.exactOptional(),
    threshold: fraction.exactOptional().describe("The least confidence that passes."),
    separationHours: z.number().min(0).exactOptional().describe("The least hours since the last executed signal."),
    separationBars: z.int().min(0).exactOptional().describe("The same in bars."),
    positionAware: z.boolean().exactOptional().describe("Hold back a signal that the position already follows."),
    roundTripCost: z.number().min(0).exactOptional().describe("Of a regression, a fraction."),
    edgeMultiplier: z
      .number()
      .min(0)
      .exactOptional()
      .describe("A predicted return must exceed roundTripCost × edgeMultiplier."),
    maxWeight: z.number().positive().max(100).exactOptional().describe("The weight of full conviction."),
    leastWeightChange: z.number().min(0).exactOptional().describe("Smaller changes of the weight are left alone."),
    maxFaultShare: fraction
      .default(0.01)
      .describe("The run fails when, of at least 100 inferences, a greater share failed."),
  })
  .refine((params) => params.separationHours === undefined || params.separationBars === undefined, {
    message: "expected hours or bars, not both",
    path: ["separationBars"],
  })
  .refine((params) => params.ensemble !== "routed" || params.routes !== undefined, {
    message: 'expected the routes of a "routed" ensemble',
    path: ["routes"],
  });

type Params = z.output<typeof modelParams>;
type State = { readonly lastSignal: Moment | null; readonly first: readonly Fault[] };
type ColumnName = "wake" | "asked" | "faults" | "status" | "signal" | "confidence" | "buy" | "sell" | "predicted";
type ModelBar = BarContext<Params, ColumnName, State>;

/** Trades what imported models say. Where they say nothing, because features are missing or an inference failed, it does nothing; failures are counted and reported. */
export const model = defineStrategy({
  name: "model",
  description: "Trades the opinion of one or several imported models (ONNX).",
  params: modelParams,
  columns: (params) => modelPlan(params).columns,
  wakeOn: ["wake"],
  initialState: (): State => ({ lastSignal: null, first: [] }),
  onBar(bar) {
    const plan = modelPlan(bar.params);
    const { status } = bar.columns;
    if (status.now > 1)
      bar.state = {
        ...bar.state,
        first: listFault(bar.state.first, { bar: bar.index, message: faultText(status.now) }),
      };
    const { asked, faults } = bar.columns;
    requireFewFaults({ asked: asked.now, faults: faults.now, first: bar.state.first }, bar.params.maxFaultShare);
    if (plan.weights === undefined) followSignal(bar, plan);
    else holdWeight(bar, plan, plan.weights);
  },
  report: ({ asked, faults }, { first }) => ({
    asked: known(asked),
    faults: known(faults),
    first: first.map(({ bar, message }) => ({ bar, message })),
  }),
});

function followSignal(bar: ModelBar, { rules, side }: ModelPlan): void {
  const decision = decide(rules, {
    opinion: opinionHere(bar),
    position: bar.position > 0 ? "LONG" : bar.position < 0 ? "SHORT" : "FLAT",
    now: here(bar),
    lastSignal: bar.state.lastSignal,
  });
  if (decision.signal === "HOLD") return;
  const isUp = decision.signal === "BUY";
  const against = isUp ? bar.position < 0 : bar.position > 0;
  const closes = against && bar.closePosition().kind === "accepted";
  const mayEnter = side === "both" || (side === "long") === isUp;
  const enters = mayEnter && (isUp ? bar.buy() : bar.sell()).kind === "accepted";
  if (closes || enters) bar.state = { ...bar.state, lastSignal: here(bar) };
}

function holdWeight(bar: ModelBar, plan: ModelPlan, weights: NonNullable<ModelPlan["weights"]>): void {
  // An order that still waits would be counted twice.
  if (bar.orders.length > 0 || bar.equity <= 0) return;
  const currentWeight = (bar.position * bar.close) / bar.equity;
  const decided = decideWeight(plan.rules, weights, {
    opinion: opinionHere(bar),
    currentWeight,
    now: here(bar),
    lastSignal: bar.state.lastSignal,
  });
  if (decided.reason.kind !== "passed" || decided.weight === currentWeight) return;
  // Without shorts the rules decide no weight below 0.
  const weight = plan.side === "short" ? Math.min(0, decided.weight) : decided.weight;
  const units = (weight * bar.equity) / bar.close;
  if (moveTo(bar, units)) bar.state = { ...bar.state, lastSignal: here(bar) };
}

/** Orders what leads from the position to so many units, signed; through 0 by a close and an entry. Whether any was accepted. */
function moveTo(bar: ModelBar, units: number): boolean {
  const { position } = bar;
  const isTurn = position * units < 0;
  const isLess = isTurn || Math.abs(units) < Math.abs(position);
  const reduction = isTurn ? Math.abs(position) : Math.abs(position) - Math.abs(units);
  const reduced = isLess && position !== 0 && isAccepted(bar.closePosition({ quantity: reduction }));
  const more = isTurn ? units : isLess ? 0 : units - position;
  const entered = more !== 0 && isAccepted(more > 0 ? bar.buy({ quantity: more }) : bar.sell({ quantity: -more }));
  return reduced || entered;
}

function isAccepted({ kind }: ReturnType<ModelBar["buy"]>): boolean {
  return kind === "accepted";
}

function here({ index, timeMs }: ModelBar): Moment {
  return { bar: index, timeMs };
}

function opinionHere({ columns }: ModelBar) {
  const { status, signal, confidence, buy, sell, predicted } = columns;
  return opinionAt({
    status: status.now,
    signal: signal.now,
    confidence: confidence.now,
    buy: buy.now,
    sell: sell.now,
    predicted: predicted.now,
  });
}

/** A run without a bar has counted nothing. */
function known(count: number): number {
  return Number.isNaN(count) ? 0 : count;
}
