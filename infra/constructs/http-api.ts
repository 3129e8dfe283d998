import { Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  HttpApi as Api,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer, HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { ApiEnv } from "../../functions/api-env.ts";
import { type TableIndex, tableIndexes } from "../../lib/stores/aws/table.ts";
import type { Parameters } from "../parameters.ts";
import { CodeFunction } from "./code-function.ts";
import { putObjects, readItems, readObjects, removeManyItems, removeObjects, writeItems } from "./data-permissions.ts";
import { executionsArn } from "./executions-arn.ts";
import { describeMapChildren, describeMapRuns } from "./map-children.ts";
import { planningMemory } from "./run-functions.ts";

export type HttpApiProps = {
  readonly bundles: string;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly runs: StateMachine;
  readonly sweeps: StateMachine;
  readonly imports: StateMachine;
  readonly parameters: Parameters;
};

/** The API: one function behind an HTTP API that lets only authorised callers through, at a bounded rate. */
export class HttpApi extends Construct {
  readonly function: CodeFunction;
  readonly api: Api;
  readonly url: string;

  constructor(
    scope: Construct,
    id: string,
    { bundles, bucket, table, runs, sweeps, imports, parameters }: HttpApiProps,
  ) {
    super(scope, id);
    const machineNames = ["run", "sweep", "import"].map((machine) => `${parameters.stackName}-${machine}`);
    this.function = new CodeFunction(this, "Api", {
      description: "the HTTP API",
      code: { bundles, name: "api" },
      memory: planningMemory(parameters),
      // API Gateway waits 30 seconds for an answer.
      timeoutSeconds: 29,
      reservedConcurrency: undefined,
      environment: {
        DATA_BUCKET: bucket.bucketName,
        RUN_TABLE: table.tableName,
        RUN_STATE_MACHINE_ARN: runs.stateMachineArn,
        SWEEP_STATE_MACHINE_ARN: sweeps.stateMachineArn,
        IMPORT_STATE_MACHINE_ARN: imports.stateMachineArn,
        SEGMENT_MEMORY_MB: String(parameters.memory),
        ...(parameters.allowedPrincipals.length > 0 && { ALLOWED_PRINCIPALS: parameters.allowedPrincipals.join(",") }),
      } satisfies ApiEnv,
      permissions: [
        readItems(table, Object.keys(tableIndexes) as TableIndex[]),
        writeItems(table),
        removeManyItems(table),
        ...readObjects(bucket, "objects"),
        putObjects(bucket, "objects"),
        removeObjects(bucket, "objects"),
        // It signs the uploads, and what it signs is allowed to the holder as far as it is to itself.
        ...readObjects(bucket, "uploads"),
        putObjects(bucket, "uploads"),
        new PolicyStatement({
          actions: ["states:StartExecution"],
          resources: [runs.stateMachineArn, sweeps.stateMachineArn, imports.stateMachineArn],
        }),
        new PolicyStatement({
          actions: ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
          resources: machineNames.map((name) => executionsArn(this, name)),
        }),
        ...describeMapChildren(this, parameters),
        ...describeMapRuns(this, parameters),
      ],
      parameters,
    });
    this.api = new Api(this, "HttpApi", {
      apiName: parameters.stackName,
      description: "Backstitch: runs, checkpoints and snapshots",
      createDefaultStage: false,
      defaultAuthorizer: authorizerOf(parameters),
    });
    const integration = new HttpLambdaIntegration("Integration", this.function.function, {
      timeout: Duration.seconds(29),
    });
    for (const path of ["/", "/{proxy+}"]) {
      this.api.addRoutes({ path, methods: [HttpMethod.ANY], integration });
    }
    const logGroup = new LogGroup(this, "AccessLog", {
      retention: parameters.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, "Stage", {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup) },
    });
    this.url = stage.url;
  }
}

function authorizerOf({ authorizer }: Parameters): IHttpRouteAuthorizer {
  switch (authorizer.kind) {
    case "iam":
      return new HttpIamAuthorizer();
    case "jwt":
      return new HttpJwtAuthorizer("Jwt", authorizer.issuer, { jwtAudience: [...authorizer.audience] });
  }
}
