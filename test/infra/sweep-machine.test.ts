import validate from "asl-validator";
import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, expect, test } from "vitest";
import { permanentErrors } from "../../infra/constructs/permanent-errors.ts";
import { synthesize } from "./synthesize.ts";
import { type AslState, type Definition, definitionOf } from "./synthesized.ts";

type MapState = AslState & {
  readonly ItemProcessor: Definition & { readonly ProcessorConfig: object };
  readonly MaxConcurrency: number;
};

let template: Template;
let sweep: Definition;
let maps: readonly MapState[];

beforeAll(async () => {
  template = await synthesize();
  sweep = definitionOf(template, "-sweep");
  maps = mapsOf(sweep);
});

function mapsOf({ States }: Definition): MapState[] {
  return Object.values(States).filter((state): state is MapState => state.Type === "Map");
}

/** Every task of the machine, also those inside the maps. */
function tasks(): [string, AslState][] {
  const scopes = [sweep, ...maps.map(({ ItemProcessor }) => ItemProcessor)];
  return scopes.flatMap(({ States }) => Object.entries(States)).filter(([, { Type }]) => Type === "Task");
}

test("the definition is valid", () => {
  const { isValid, errorsText } = validate(structuredClone(sweep), { checkPaths: true, checkArn: true });
  expect(isValid ? "" : errorsText()).toBe("");
});

test("what comes after a map is what Select says", () => {
  expect(sweep.StartAt).toBe("Expand");
  expect(sweep.States.InSample?.Next).toBe("Select");
  expect(sweep.States.OutOfSample?.Next).toBe("Select");
  expect(sweep.States.Select?.Next).toBe("Decide");
  expect(sweep.States.Decide?.Choices?.map(({ Next }) => Next)).toEqual([
    "InSample",
    "Select",
    "OutOfSample",
    "Stitch",
    "Done",
  ]);
  expect(sweep.States.Decide?.Default).toBeUndefined();
});

test("each map holds the loop of a run in Standard children, under a label of its own", () => {
  for (const [name, { ItemProcessor, ...map }] of [
    ["InSample", maps[0]],
    ["OutOfSample", maps[1]],
  ] as [string, MapState][]) {
    expect(map).toMatchObject({ Label: name });
    expect(ItemProcessor.ProcessorConfig).toEqual({ Mode: "DISTRIBUTED", ExecutionType: "STANDARD" });
    expect(Object.keys(ItemProcessor.States).sort()).toEqual(
      ["Decide", "Done", "Finish", "Plan", "Segment"].map((state) => `${name} ${state}`),
    );
  }
});

test("a map reads one JSON array from the folder of sweeps and tolerates no failure", () => {
  for (const map of maps) {
    expect(map).toMatchObject({
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        ReaderConfig: { InputType: "JSON" },
        Arguments: { Key: '{% "objects/sweeps/" & $states.input.items %}' },
      },
    });
    for (const field of ["ToleratedFailureCount", "ToleratedFailurePercentage", "ItemBatcher", "Catch", "Retry"])
      expect(map).not.toHaveProperty(field);
  }
});

test("children answer next to nothing, for a map's payload has 256 KiB for all of them", () => {
  for (const { ItemProcessor } of maps) {
    const done = Object.entries(ItemProcessor.States).find(([name]) => name.endsWith("Done"))?.[1];
    expect(done).toMatchObject({ Type: "Succeed", Output: {} });
  }
});

test("nothing is caught and nothing ends in Fail, so that every failure can be redriven", () => {
  expect(JSON.stringify(sweep)).not.toMatch(/"Catch"|"Type":"Fail"/);
});

test("every task has a time limit, does not retry what is permanent, and retries the rest", () => {
  expect(tasks()).toHaveLength(9);
  for (const [name, { TimeoutSeconds, Retry = [] }] of tasks()) {
    expect(TimeoutSeconds, name).toBeGreaterThan(60);
    expect(Retry[0], name).toEqual({ ErrorEquals: permanentErrors, MaxAttempts: 0 });
    expect(Retry.at(-1)?.ErrorEquals, name).toEqual(["States.ALL"]);
  }
});

test("runs at once are as many as sweepConcurrency says", async () => {
  const [first, second] = mapsOf(definitionOf(await synthesize({ sweepConcurrency: "7" }), "-sweep"));
  expect([first?.MaxConcurrency, second?.MaxConcurrency]).toEqual([7, 7]);
  expect(maps.map(({ MaxConcurrency }) => MaxConcurrency)).toEqual([100, 100]);
});

test("the ends of sweeps reach the status function as those of runs do", () => {
  const detail = { status: ["FAILED", "TIMED_OUT", "ABORTED"] };
  template.hasResourceProperties("AWS::Events::Rule", { EventPattern: { detail } });
  const [rule] = Object.values(
    template.findResources("AWS::Events::Rule", { Properties: { EventPattern: { detail } } }),
  );
  expect(rule?.Properties.EventPattern.detail.stateMachineArn).toHaveLength(2);
});
