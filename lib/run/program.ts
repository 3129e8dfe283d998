import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../engine/canonical-json.ts";
import { fieldFaults } from "../engine/field-faults.ts";
import { InputError } from "../engine/input-error.ts";
import type { JsonValue } from "../engine/json.ts";
import type { LaneProgram } from "../engine/lane.ts";
import { toFixed } from "../engine/money.ts";
import type { Commission, QuantityLimits, Settings, Sizing } from "../engine/settings.ts";
import type { Program } from "../engine/simulation.ts";
import type { Timeframe } from "../engine/timeframe.ts";
import type { LoadedStrategy } from "../strategies/load-strategy.ts";
import { faultLines, SpecError } from "./parse-spec.ts";
import type { Spec } from "./spec.ts";

/** What of the data a program needs to know. */
export type ProgramData = {
  readonly timeframe: Timeframe;
  readonly startBar: number;
  readonly lot: number | undefined;
};

/** The lanes that a spec describes, their parameters checked by the strategy's schema. Throws SpecError naming the parameter. */
export function compileProgram(spec: Spec, strategy: LoadedStrategy["strategy"], data: ProgramData): Program {
  const settings = engineSettings(spec, data.lot);
  const lanes = laneParams(spec).map(
    (params, lane): LaneProgram => ({ strategy, params: parseParams(strategy, params, spec, lane), settings }),
  );
  for (const lane of lanes) checkColumns(lane);
  return { timeframe: data.timeframe, startBar: data.startBar, lanes };
}

/** The parameters of each lane as the spec gives them: `params` under each of `lanes`. */
export function laneParams(spec: Spec): readonly { readonly [name: string]: JsonValue }[] {
  const { params, lanes } = spec.strategy;
  return lanes === undefined ? [params] : lanes.map((lane) => ({ ...params, ...lane }));
}

function parseParams(strategy: LoadedStrategy["strategy"], params: unknown, spec: Spec, lane: number): unknown {
  const result = strategy.params.safeParse(params);
  if (result.success) return result.data;
  const where =
    spec.strategy.lanes === undefined ? "strategy.params" : `strategy.lanes[${lane}] (over strategy.params)`;
  const field = spec.strategy.lanes === undefined ? "strategy.params" : `strategy.lanes.${lane}`;
  const faults = fieldFaults(result.error, params, Object.keys(strategy.params.shape));
  throw new SpecError(
    `The parameters of strategy "${strategy.name}" in ${where} are not valid:\n${faultLines(faults).join("\n")}\nSee \`backstitch strategies show ${strategy.name}\`.`,
    { fields: faults.map(({ path, message }) => ({ path: path === "" ? field : `${field}.${path}`, message })) },
  );
}

/** Builders of columns refuse parameters of their own; that is the person's mistake too. */
function checkColumns({ strategy, params }: LaneProgram): void {
  const columns = strategy.columns(params);
  for (const name of strategy.wakeOn) {
    if (columns[name] === undefined) {
      throw new InputError(
        `Strategy "${strategy.name}" wakes on "${name}", expected one of its columns: ${Object.keys(columns).join(", ") || "it has none"}.`,
      );
    }
  }
}

/**
 * SHA-256 of all in a spec that can change a number: not its name, tags, checkpoint policy, how models are asked, nor the snapshot (which is a part of the key of its own); of the
 * strategy the code's digest instead of where it lies.
 */
export function specDigest(spec: Spec, strategyDigest: string): string {
  const { name: _name, tags: _tags, checkpoint: _checkpoint, models: _models, data, strategy, ...rest } = spec;
  const { snapshot: _snapshot, ...window } = data;
  const essence = { ...rest, data: window, strategy: { digest: strategyDigest, lanes: laneParams(spec) } };
  return createHash("sha256")
    .update(canonicalJson(z.json().parse(essence)))
    .digest("hex");
}

function engineSettings(spec: Spec, instrumentLot: number | undefined): Settings {
  return {
    cash: toFixed(spec.account.cash),
    ...(spec.account.opening === undefined ? {} : { opening: spec.account.opening }),
    shorting: spec.account.shorting,
    fill: spec.execution.fill,
    commission: commissionSettings(spec.execution.commission),
    slippageBps: spec.execution.slippage.bps,
    sizing: sizingSettings(spec.sizing),
    quantity: quantityLimits(spec.sizing, instrumentLot),
    pyramiding: spec.execution.pyramiding,
    fundsCheck: spec.execution.fundsCheck,
    warmupBars: spec.data.warmupBars,
    equityEvery: spec.record.equityEvery,
    facts: spec.record.facts,
    seed: spec.seed,
    ...(spec.metrics.warmup === undefined ? {} : { warmupFigures: spec.metrics.warmup }),
    ...(spec.record.returnBlocks === undefined ? {} : { returnBlocks: spec.record.returnBlocks }),
    ...(spec.record.failedLanes === undefined ? {} : { failedLanes: spec.record.failedLanes }),
  };
}

function commissionSettings(commission: Spec["execution"]["commission"]): Commission {
  const none = { rate: 0, perUnit: 0, fixed: 0, minimum: 0, maximum: null };
  switch (commission.kind) {
    case "none":
      return none;
    case "fixed":
      return { ...none, fixed: toFixed(commission.amount) };
    case "percent":
      return { ...none, rate: commission.percent / 100, ...commissionLimits(commission) };
    case "per-unit":
      return { ...none, perUnit: commission.perUnit, ...commissionLimits(commission) };
  }
}

function commissionLimits(commission: { fixed: number; minimum: number; maximum?: number }) {
  return {
    fixed: toFixed(commission.fixed),
    minimum: toFixed(commission.minimum),
    maximum: commission.maximum === undefined ? null : toFixed(commission.maximum),
  };
}

function sizingSettings(sizing: Spec["sizing"]): Sizing {
  switch (sizing.kind) {
    case "units":
      return { kind: "units", units: toFixed(sizing.units) };
    case "fraction":
      return { kind: "fraction", fraction: sizing.fraction, of: sizing.of, basis: sizing.basis };
    case "notional":
      return { kind: "notional", notional: toFixed(sizing.notional), basis: sizing.basis };
  }
}

function quantityLimits(sizing: Spec["sizing"], instrumentLot: number | undefined): QuantityLimits {
  const lot = toFixed(sizing.lot ?? instrumentLot ?? 1);
  if (lot <= 0) throw new SpecError(`sizing.lot: expected at least 0.00000001, found ${sizing.lot ?? instrumentLot}.`);
  return {
    lot,
    minimum: toFixed(sizing.minimum),
    maximum: sizing.maximum === undefined ? null : toFixed(sizing.maximum),
  };
}
