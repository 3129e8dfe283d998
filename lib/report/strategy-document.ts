import { z } from "zod";
import type { Strategy } from "../engine/strategy.ts";

/** A parameter as a person sets it; limits are texts such as "at least 1". */
export type ParameterDocument = {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly required: boolean;
  readonly limits: readonly string[];
  readonly description: string;
};

/** A strategy with its parameters, from its schema. */
export function strategyDocument(strategy: Strategy): {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly ParameterDocument[];
} {
  const schema = parametersSchema.parse(
    z.toJSONSchema(strategy.params, { io: "input", target: "draft-7", unrepresentable: "any" }),
  );
  const parameters = Object.entries(schema.properties).map(([name, property]): ParameterDocument => {
    const isRequired = schema.required.includes(name);
    return {
      name,
      type: property.enum !== undefined ? "one of" : typeText(property.type),
      default: property.default ?? null,
      required: isRequired,
      limits: limitsOf(property),
      description: property.description ?? "",
    };
  });
  return { name: strategy.name, description: strategy.description, parameters };
}

const property = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
});
const parametersSchema = z.object({
  properties: z.record(z.string(), property).default({}),
  required: z.array(z.string()).default([]),
});

function typeText(type: string | string[] | undefined): string {
  if (type === undefined) return "any";
  return Array.isArray(type) ? type.join(" or ") : type;
}

function limitsOf({
  enum: values,
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
}: z.output<typeof property>): readonly string[] {
  // An integer's schema states the bounds of what float64 holds; those are no limits that anyone chose.
  const chosen = (limit: number | undefined): limit is number =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  return [
    ...(values === undefined ? [] : [values.map((value) => JSON.stringify(value)).join(", ")]),
    ...(chosen(minimum) ? [`at least ${minimum}`] : []),
    ...(chosen(exclusiveMinimum) ? [`above ${exclusiveMinimum}`] : []),
    ...(chosen(maximum) ? [`at most ${maximum}`] : []),
    ...(chosen(exclusiveMaximum) ? [`below ${exclusiveMaximum}`] : []),
  ];
}
