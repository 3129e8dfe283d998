import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import type { Kernel } from "../../lib/engine/columns.ts";
import { everyKernel, type KernelCase } from "./every-kernel.ts";

const folder = new URL("../../lib/indicators/", import.meta.url);

test("the contract is tested on every kernel definition in lib/indicators", async () => {
  const names = new Set<string>();
  for (const file of readdirSync(folder)) {
    const exported: { [name: string]: unknown } = await import(new URL(file, folder).href);
    for (const name of Object.keys(exported)) if (name.endsWith("Kernel") && name !== "WindowKernel") names.add(name);
  }
  const tested = new Set(Object.values(everyKernel).map((kernelCase) => kernelCase.definition));
  expect(tested.size).toBe(names.size);
});

describe.each(Object.keys(everyKernel))("%s", (name) => {
  const kernelCase = everyKernel[name];

  test("any cuts, with the state through JSON at each, give the same bits", () => {
    fc.assert(
      fc.property(scenarios(kernelCase), (scenario) => {
        expect(inPieces(kernelCase, scenario).bits).toEqual(inOnePiece(kernelCase, scenario).bits);
      }),
    );
  });

  test("any cuts lead to the same state", () => {
    fc.assert(
      fc.property(scenarios(kernelCase), (scenario) => {
        expect(inPieces(kernelCase, scenario).state).toBe(inOnePiece(kernelCase, scenario).state);
      }),
    );
  });

  test("undefined bars lead back to the state of a fresh kernel", () => {
    fc.assert(
      fc.property(scenarios(kernelCase), (scenario) => {
        const undefinedBars = new Float64Array(scenario.length).fill(Number.NaN);
        const inputs = scenario.inputs.map((input) => Float64Array.of(...input, ...undefinedBars));
        const fresh = kernelCase.definition.create(kernelCase.params(scenario.length));
        const after = inPieces(kernelCase, { ...scenario, inputs, count: scenario.count + scenario.length });
        expect(after.state).toBe(canonicalJson(fresh.save()));
      }),
    );
  });

  test("no value is -0, which JSON would change", () => {
    const minusZero = 1n << 63n;
    fc.assert(
      fc.property(scenarios(kernelCase), (scenario) => {
        expect(inOnePiece(kernelCase, scenario).bits.flat()).not.toContain(minusZero);
      }),
    );
  });

  test("the state stays bounded by the length", () => {
    fc.assert(
      fc.property(scenarios(kernelCase), (scenario) => {
        const numbers = inPieces(kernelCase, scenario).state.split(/[,:]/).length;
        expect(numbers).toBeLessThan(scenario.length + 30);
      }),
    );
  });

  test("changing later bars changes no earlier value", () => {
    fc.assert(
      fc.property(scenarios(kernelCase), fc.nat(), (scenario, at) => {
        const until = at % (scenario.count + 1);
        const changed = scenario.inputs.map((input) => input.map((value, i) => (i < until ? value : value * 2 + 1)));
        const bits = inOnePiece(kernelCase, scenario).bits;
        const changedBits = inOnePiece(kernelCase, { ...scenario, inputs: changed }).bits;
        expect(changedBits.map((output) => output.slice(0, until))).toEqual(
          bits.map((output) => output.slice(0, until)),
        );
      }),
    );
  });
});

type Scenario = {
  readonly length: number;
  readonly count: number;
  readonly startBar: number;
  readonly inputs: readonly Float64Array[];
  readonly cuts: readonly number[];
};

/** Prices in cents with ties and flat stretches, near and over a rebuild of sums; undefined at first, and in half of the scenarios in between. */
function scenarios({ inputCount }: KernelCase): fc.Arbitrary<Scenario> {
  return fc.tuple(fc.integer({ min: 0, max: 60 }), fc.boolean()).chain(([count, withGaps]) =>
    fc.record({
      length: fc.integer({ min: 1, max: 12 }),
      count: fc.constant(count),
      startBar: fc.oneof(fc.nat({ max: 5000 }), fc.integer({ min: 1000, max: 1024 })),
      inputs: fc.array(series(count, withGaps), { minLength: inputCount, maxLength: inputCount }),
      cuts: fc.array(fc.nat({ max: count }), { maxLength: 8 }),
    }),
  );
}

function series(count: number, withGaps: boolean): fc.Arbitrary<Float64Array> {
  const value = fc.oneof(
    { weight: 40, arbitrary: fc.integer({ min: -300, max: 9000 }).map((cents) => cents / 100) },
    { weight: 10, arbitrary: fc.constantFrom(20.1, 0, -0, 1e6 + 0.01) },
    { weight: withGaps ? 3 : 0, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
  );
  const stretches = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 4 })), { minLength: count, maxLength: count });
  return fc.tuple(stretches, fc.nat({ max: 10 })).map(([pieces, undefinedCount]) => {
    const values = pieces.flatMap(([price, times]) => new Array<number>(times).fill(price));
    return Float64Array.from(values.slice(0, count)).fill(Number.NaN, 0, undefinedCount);
  });
}

function inOnePiece(kernelCase: KernelCase, scenario: Scenario) {
  return inPieces(kernelCase, { ...scenario, cuts: [] });
}

/** Each output's bits, and the state at the end as canonical JSON, which refuses what JSON would change. */
function inPieces({ definition, params }: KernelCase, { length, count, startBar, inputs, cuts }: Scenario) {
  const outputs = definition.outputs.map(() => new Float64Array(count).fill(123));
  const bounds = [0, ...cuts.toSorted((a, b) => a - b), count];
  let kernel = definition.create(params(length));
  for (let i = 1; i < bounds.length; i++) {
    const piece = (series: Float64Array) => series.subarray(bounds[i - 1], bounds[i]);
    kernel.update(inputs.map(piece), outputs.map(piece), startBar + bounds[i - 1]);
    if (i < bounds.length - 1) kernel = restored(kernel, definition.create(params(length)));
  }
  return {
    bits: outputs.map((output) => Array.from(new BigUint64Array(output.buffer))),
    state: canonicalJson(kernel.save()),
  };
}

function restored(saved: Kernel, fresh: Kernel): Kernel {
  fresh.restore(JSON.parse(canonicalJson(saved.save())));
  return fresh;
}
