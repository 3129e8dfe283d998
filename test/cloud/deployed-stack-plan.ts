import { join } from "node:path";
import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { identitiesOf } from "./deployed-stack-identities.ts";
import { type Json, type Place, resolveIntrinsics, type StackTemplate } from "./deployed-stack-intrinsics.ts";
import type { HostedFunction } from "./lambda-host/hosted-function.ts";

/** What has to be made on the local servers, all names chosen. */
export type StackPlan = {
  readonly buckets: readonly string[];
  readonly tables: readonly TablePlan[];
  readonly functions: readonly HostedFunction[];
  readonly machines: readonly { readonly name: string; readonly definition: string; readonly roleArn: string }[];
  readonly rules: readonly EventRule[];
  readonly outputs: { readonly [name: string]: string };
};

export type TablePlan = {
  readonly definition: CreateTableCommandInput;
  readonly timeToLive?: { readonly AttributeName: string; readonly Enabled: boolean };
};

/** Events that match the pattern invoke the functions. */
export type EventRule = { readonly pattern: Json; readonly functionArns: readonly string[] };

export type StackPlanOptions = {
  readonly template: StackTemplate;
  readonly assetsFolder: string;
  readonly stackName: string;
  readonly place: Place;
  /** Added to the environment of every function: where the servers are. */
  readonly environment: { readonly [name: string]: string };
};

/** Reads a synthesized template; throws an Error that names a type of resource or an intrinsic function that is not known here. */
export function planStack({ template, assetsFolder, stackName, place, environment }: StackPlanOptions): StackPlan {
  const identities = identitiesOf(template, stackName, place);
  const resolve = (value: Json): Json => resolveIntrinsics(value, identities, place);
  const ofType = (type: string): Named[] =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, { Properties = {} }]) => ({
        name: identities.get(logicalId)?.ref ?? "",
        properties: resolve(Properties) as Properties,
      }));
  const outputs = Object.entries(template.Outputs ?? {}).map(([name, { Value }]) => [name, String(resolve(Value))]);
  return {
    buckets: ofType("AWS::S3::Bucket").map(({ name }) => name),
    tables: ofType("AWS::DynamoDB::Table").map(tableOf),
    functions: ofType("AWS::Lambda::Function").map((named) => functionOf(named, assetsFolder, environment)),
    machines: ofType("AWS::StepFunctions::StateMachine").map(({ properties }) => ({
      name: String(properties.StateMachineName),
      definition: String(properties.DefinitionString),
      roleArn: String(properties.RoleArn),
    })),
    // A schedule means nothing to servers that live for a test.
    rules: ofType("AWS::Events::Rule").flatMap(({ properties: { EventPattern, Targets } }) =>
      EventPattern === undefined
        ? []
        : [{ pattern: EventPattern, functionArns: (Targets as { Arn: string }[]).map(({ Arn }) => Arn) }],
    ),
    outputs: Object.fromEntries(outputs),
  };
}

type Properties = { readonly [name: string]: Json };
type Named = { readonly name: string; readonly properties: Properties };

/** CloudFormation names what makes a table's shape as CreateTable does. */
function tableOf({ name, properties }: Named): TablePlan {
  const { KeySchema, AttributeDefinitions, BillingMode, GlobalSecondaryIndexes, TimeToLiveSpecification } = properties;
  const shape: unknown = { TableName: name, KeySchema, AttributeDefinitions, BillingMode, GlobalSecondaryIndexes };
  const definition = shape as CreateTableCommandInput;
  if (TimeToLiveSpecification === undefined) return { definition };
  return { definition, timeToLive: TimeToLiveSpecification as { AttributeName: string; Enabled: boolean } };
}

function functionOf({ name, properties }: Named, assetsFolder: string, more: HostedFunction["env"]): HostedFunction {
  const { Code, Handler, Timeout, MemorySize, Environment, ReservedConcurrentExecutions } = properties;
  const { S3Key } = Code as { readonly S3Key: string };
  const { Variables = {} } = (Environment ?? {}) as { readonly Variables?: HostedFunction["env"] };
  return {
    name,
    folder: join(assetsFolder, `asset.${S3Key.replace(/\.zip$/, "")}`),
    handler: String(Handler),
    env: { ...Variables, ...more },
    timeoutSeconds: Number(Timeout),
    memoryMb: Number(MemorySize),
    ...(ReservedConcurrentExecutions !== undefined && { reservedConcurrency: Number(ReservedConcurrentExecutions) }),
  };
}
