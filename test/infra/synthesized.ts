import type { Template } from "aws-cdk-lib/assertions";
import { identitiesOf } from "../cloud/deployed-stack-identities.ts";
import {
  type Identity,
  type Json,
  type Place,
  resolveIntrinsics,
  type StackTemplate,
} from "../cloud/deployed-stack-intrinsics.ts";

const place: Place = { account: "111122223333", region: "eu-west-1", partition: "aws" };

/** The resources of a type with their properties as CloudFormation would see them, by logical id. */
export function resourcesOf(template: Template, type: string): Map<string, Properties> {
  const document: StackTemplate = { Resources: template.toJSON().Resources };
  const identities = identitiesOf(document, "Test", place);
  const found = Object.entries(document.Resources).filter(([, { Type }]) => Type === type);
  return new Map(found.map(([id, { Properties = {} }]) => [id, resolved(Properties, identities)]));
}

export type Properties = { readonly [name: string]: Json };

/** The definition of the state machine whose name ends so. */
export function definitionOf(template: Template, nameEnd: string): Definition {
  const machines = [...resourcesOf(template, "AWS::StepFunctions::StateMachine").values()];
  const machine = machines.find(({ StateMachineName }) => String(StateMachineName).endsWith(nameEnd));
  return JSON.parse(String(machine?.DefinitionString));
}

export type Definition = { readonly StartAt: string; readonly States: { readonly [name: string]: AslState } };

export type AslState = {
  readonly Type: string;
  readonly Next?: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Arguments?: { readonly FunctionName?: string; readonly Payload?: unknown };
  readonly Retry?: readonly AslRetry[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
  readonly ItemProcessor?: Definition;
};

export type AslRetry = {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
};

function resolved(properties: Properties, identities: ReadonlyMap<string, Identity>): Properties {
  return resolveIntrinsics(properties, identities, place) as Properties;
}
