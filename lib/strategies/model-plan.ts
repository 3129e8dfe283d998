import type { z } from "zod";
import type { Column } from "../engine/columns.ts";
import { InputError } from "../engine/input-error.ts";
import type { DecisionRules } from "../models/decision.ts";
import type { DecisionSection } from "../models/decision-section.ts";
import type { Ensemble } from "../models/ensemble.ts";
import { type UsableModel, usableModel } from "../models/loaded-models.ts";
import { type OpinionColumns, opinionColumns } from "../models/opinion-columns.ts";
import type { WeightRules } from "../models/target-weight.ts";
import { type WakeColumns, wakeColumns } from "../models/wake-columns.ts";
import type { modelParams } from "./model.ts";

type Params = z.output<typeof modelParams>;

/** What parameters and models together mean: the columns to compute and the rules to decide by. */
export type ModelPlan = {
  readonly columns: { readonly [name in keyof (OpinionColumns & WakeColumns)]: Column };
  readonly rules: DecisionRules;
  /** Of a target weight; undefined where signals are followed. */
  readonly weights: WeightRules | undefined;
  readonly side: "long" | "short" | "both";
};

/** Models that cannot be used together, or not as the parameters ask. */
export class ModelParamsError extends InputError {
  override readonly name = "ModelParamsError";
}

/** A lane asks at every decision; its parameters are one object for the whole run. */
const plans = new WeakMap<object, ModelPlan>();

/** The plan of these parameters, whose models are loaded. Throws ModelParamsError and ModelNotLoadedError. */
export function modelPlan(params: Params): ModelPlan {
  const known = plans.get(params);
  if (known !== undefined) return known;
  const made = makePlan(params);
  plans.set(params, made);
  return made;
}

function makePlan(params: Params): ModelPlan {
  const models = (typeof params.model === "string" ? [params.model] : params.model).map(usableModel);
  requireTogether(models, params);
  const { rules, weights } = models[0].decisions;
  const side = params.side ?? (rules.shorts ? "both" : "long");
  const own = rulesOf(params, rules, side);
  const members = models.map(({ columns, metadata }) => ({ columns, meaning: metadata.output }));
  const opinion = opinionColumns(members, ensembleOf(params), own.edge);
  const isWeight = params.mode === undefined ? weights !== undefined : params.mode === "target-weight";
  const wake = wakeColumns(opinion, { confidence: own.confidence ?? 0, holds: isWeight });
  return {
    columns: { ...opinion, ...wake },
    rules: own,
    weights: isWeight ? weightsOf(params, weights) : undefined,
    side,
  };
}

function rulesOf(params: Params, rules: DecisionRules, side: ModelPlan["side"]): DecisionRules {
  const { threshold, separationHours, separationBars, roundTripCost, edgeMultiplier } = params;
  return {
    confidence: threshold ?? rules.confidence,
    edge: {
      roundTripCost: roundTripCost ?? rules.edge.roundTripCost,
      edgeMultiplier: edgeMultiplier ?? rules.edge.edgeMultiplier,
    },
    separation:
      separationBars !== undefined
        ? { unit: "bars", count: separationBars }
        : separationHours !== undefined
          ? { unit: "hours", count: separationHours }
          : rules.separation,
    positionAware: params.positionAware ?? rules.positionAware,
    shorts: side !== "long",
  };
}

function weightsOf({ maxWeight, leastWeightChange }: Params, weights: DecisionSection["weights"]): WeightRules {
  return {
    maximum: maxWeight ?? weights?.maximum ?? 1,
    leastChange: leastWeightChange ?? weights?.leastChange ?? 0.05,
  };
}

function ensembleOf({ ensemble, routes }: Params): Ensemble {
  return ensemble === "routed" ? { kind: ensemble, routes: routes ?? {} } : { kind: ensemble };
}

function requireTogether(models: readonly UsableModel[], params: Params): void {
  const bases = new Set(models.map(({ base }) => base));
  if (bases.size > 1)
    throw new ModelParamsError(
      `strategy.params.model: expected models of one base timeframe, found ${models.map(({ metadata, base }) => `${metadata.name} (${base})`).join(", ")}. Ask them in runs of their own.`,
    );
  if (
    params.ensemble === "mean" &&
    models.length > 1 &&
    models.some(({ metadata }) => metadata.output.kind === "regression")
  )
    throw new ModelParamsError(
      "strategy.params.ensemble: a mean is of probabilities, and one of the models predicts returns. Take ensemble: vote.",
    );
  const unknown = Object.entries(params.routes ?? {}).find(([, route]) => route >= models.length - 1);
  if (unknown !== undefined)
    throw new ModelParamsError(
      `strategy.params.routes.${unknown[0]}: expected 0 to ${models.length - 2}, the place of a model after the first, found ${unknown[1]}.`,
    );
}
