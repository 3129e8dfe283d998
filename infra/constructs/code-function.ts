import { join } from "node:path";
import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Parameters } from "../parameters.ts";
import { acknowledge, acknowledgeUnder } from "./acknowledge.ts";

export type CodeFunctionProps = {
  readonly description: string;
  /** File name of the function under functions/, and of its folder among the bundles. */
  readonly code: { readonly bundles: string; readonly name: string };
  readonly memory: number;
  readonly timeoutSeconds: number;
  /** Room for temporary files; Lambda gives 512 without being asked. */
  readonly temporaryMegabytes?: number;
  /** Executions of this function at once; undefined shares the account's. */
  readonly reservedConcurrency: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that the function may do besides writing its log and its traces. */
  readonly permissions: readonly PolicyStatement[];
  readonly parameters: Parameters;
};

/** One bundled function with a role and a log group of its own. */
export class CodeFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: CodeFunctionProps) {
    super(scope, id);
    const { code, parameters } = props;
    const functionName = `${parameters.stackName}-${code.name}`;
    const logGroup = new LogGroup(this, "Log", {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: parameters.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: `Backstitch: ${props.description}`,
    });
    logGroup.grantWrite(role);
    for (const permission of props.permissions) role.addToPolicy(permission);
    this.function = new LambdaFunction(this, "Function", {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: parameters.architecture === "arm64" ? Architecture.ARM_64 : Architecture.X86_64,
      code: Code.fromAsset(join(code.bundles, code.name)),
      handler: "index.handler",
      memorySize: props.memory,
      ephemeralStorageSize: Size.mebibytes(props.temporaryMegabytes ?? 512),
      timeout: Duration.seconds(props.timeoutSeconds),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      // The source maps lie beside the code and are not read here: that costs 15 ms and more at every cold start.
      environment: props.environment,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
    });
    acknowledge(role, "AwsSolutions-IAM5[Resource::*]", "X-Ray's write actions have no resources.");
    acknowledgeUnder(this.function, ":*", "A state machine may call the function in each of its versions.");
  }
}
