import type { TaskResource } from "./definition.ts";
import { invalidDefinition } from "./failures.ts";
import type { Integration } from "./task-parameters.ts";

/** What a Task's Resource calls; refuses a service, action or pattern that this server does not execute. */
export function parseResource(arn: string, at: string): TaskResource {
  const [prefix, partition, service, region, account, ...rest] = arn.split(":");
  if (prefix !== "arn" || partition === undefined || !/^aws(-[a-z]+)*$/.test(partition)) {
    throw invalidDefinition(`the Resource ${JSON.stringify(arn)} is not an ARN`, at);
  }
  const action = rest.join(":");
  if (service === "lambda" && region !== "" && account !== "" && rest[0] === "function" && rest.length >= 2) {
    return { kind: "lambdaFunction", arn };
  }
  if (service === "states" && region === "" && account === "") {
    const kind = integrations[action];
    if (kind !== undefined) return { kind, arn };
  }
  throw invalidDefinition(`the Resource ${JSON.stringify(arn)} is not supported`, at);
}

const integrations: Readonly<Record<string, Integration>> = {
  "lambda:invoke": "lambdaInvoke",
  "states:startExecution": "startExecution",
  "states:startExecution.sync:2": "startExecutionSync",
  "aws-sdk:s3:getObject": "s3GetObject",
  "aws-sdk:s3:putObject": "s3PutObject",
};
