import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import {
  DefinitionBody,
  DistributedMap,
  ProvideItems,
  QueryLanguage,
  StateMachine,
} from "aws-cdk-lib/aws-stepfunctions";
import { expect, test } from "vitest";
import { SegmentLoop } from "../../infra/constructs/segment-loop.ts";
import { type AslState, definitionOf } from "./synthesized.ts";

/** A machine with two Distributed Maps, whose children are runs. */
function machineOfTwoMaps(): Template {
  const stack = new Stack(new App(), "Test");
  const timed = (name: string) => ({
    function: new LambdaFunction(stack, `Function${name}`, {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromInline("exports.handler = async () => ({})"),
    }),
    timeoutSeconds: 60,
  });
  const functions = { plan: timed("Plan"), segment: timed("Segment"), finish: timed("Finish") };
  const mapOf = (name: string) =>
    DistributedMap.jsonata(stack, name, { items: ProvideItems.jsonata("{% $states.input.runs %}") }).itemProcessor(
      new SegmentLoop(stack, `${name}Loop`, functions).prefixStates(`${name} `),
    );
  new StateMachine(stack, "Machine", {
    stateMachineName: "sweep",
    queryLanguage: QueryLanguage.JSONATA,
    definitionBody: DefinitionBody.fromChainable(mapOf("InSample").next(mapOf("OutOfSample"))),
  });
  return Template.fromStack(stack);
}

test("a sweep's maps hold the same loop, each under its own names, without handing over", () => {
  const definition = definitionOf(machineOfTwoMaps(), "sweep");
  for (const name of ["InSample", "OutOfSample"]) {
    const { ItemProcessor } = definition.States[name] as AslState & { ItemProcessor: { States: object } };
    expect(Object.keys(ItemProcessor.States).sort()).toEqual(
      ["Plan", "Segment", "Decide", "Finish", "Done"].map((state) => `${name} ${state}`).sort(),
    );
  }
});
