import { z } from "zod";
import { faultSentence, fieldFaults } from "../engine/field-faults.ts";
import { InputError } from "../engine/input-error.ts";
import type { DecisionRules } from "./decision.ts";
import type { WeightRules } from "./target-weight.ts";

/** A strategy's `decisions` section, read: what kind of model it expects, its rules, and its weights where it holds a weight rather than a side. */
export type DecisionSection = {
  readonly outputFormat: "classification" | "regression";
  readonly rules: DecisionRules;
  readonly weights: WeightRules | undefined;
};

/** A `decisions` section that cannot be followed; the message names the field. */
export class DecisionSectionError extends InputError {
  override readonly name = "DecisionSectionError";
}

const fraction = z.number().min(0).max(1);
const sectionSchema = z.strictObject({
  output_format: z.enum(["classification", "regression"]).default("classification"),
  confidence_threshold: fraction.default(0.5),
  position_awareness: z.boolean().default(true),
  allow_shorts: z.boolean().exactOptional(),
  mode: z.enum(["signal", "target_weight"]).default("signal"),
  max_weight: z.number().positive().max(100).default(1),
  least_weight_change: z.number().min(0).default(0.05),
  cost_model: z
    .strictObject({
      round_trip_cost: z.number().min(0).default(0.003),
      min_edge_multiplier: z.number().min(0).default(1.5),
    })
    .prefault({}),
  filters: z
    .strictObject({
      min_signal_separation: z.number().min(0).exactOptional(),
      min_signal_separation_bars: z.int().min(0).exactOptional(),
      volume_filter: z.literal(false).exactOptional(),
    })
    .refine((filters) => !("min_signal_separation" in filters && "min_signal_separation_bars" in filters), {
      message: "expected hours (min_signal_separation) or bars (min_signal_separation_bars), not both",
    })
    .prefault({}),
});
const fields = [
  ...Object.keys(sectionSchema.shape),
  "round_trip_cost",
  "min_edge_multiplier",
  "min_signal_separation",
  "min_signal_separation_bars",
];

/**
 * Reads the `decisions` section: separation in hours (4 unless stated) or in bars, the confidence threshold (0.5) of a classification, the cost model of a
 * regression. Shorts are allowed where stated, and of a regression unless forbidden. `where` names the document. Throws DecisionSectionError.
 */
export function parseDecisionSection(section: unknown, where: string): DecisionSection {
  const result = sectionSchema.safeParse(section ?? {});
  if (!result.success) throw new DecisionSectionError(`${where}: ${firstFault(result.error, section)}`);
  const { output_format, filters, cost_model, ...rest } = result.data;
  const isRegression = output_format === "regression";
  const barsApart = filters.min_signal_separation_bars;
  return {
    outputFormat: output_format,
    rules: {
      confidence: isRegression ? undefined : rest.confidence_threshold,
      edge: { roundTripCost: cost_model.round_trip_cost, edgeMultiplier: cost_model.min_edge_multiplier },
      separation:
        barsApart === undefined
          ? { unit: "hours", count: filters.min_signal_separation ?? 4 }
          : { unit: "bars", count: barsApart },
      positionAware: rest.position_awareness,
      shorts: rest.allow_shorts ?? isRegression,
    },
    weights:
      rest.mode === "target_weight" ? { maximum: rest.max_weight, leastChange: rest.least_weight_change } : undefined,
  };
}

function firstFault(error: z.ZodError, section: unknown): string {
  const [fault] = fieldFaults(error, section, fields);
  const { path, message } = fault ?? { path: "", message: "unreadable" };
  return faultSentence({ path: path === "" ? "decisions" : `decisions.${path}`, message });
}
