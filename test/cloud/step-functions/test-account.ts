import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { type PlainFunction, startFunctionEndpoint } from "./function-endpoint.ts";
import type { Json } from "./json.ts";
import { type StepFunctionsOptions, startStepFunctions } from "./server.ts";

/** A role that no one checks. */
export const roleArn = "arn:aws:iam::123456789012:role/states";

/** A server of its own with plain functions behind it, and the real client before it; stopped at the end of `await using`. */
export async function startTestAccount(
  functions: Readonly<Record<string, PlainFunction>> = {},
  options: Partial<StepFunctionsOptions> = {},
) {
  const endpoint = await startFunctionEndpoint(functions);
  const server = await startStepFunctions({
    region: "eu-central-1",
    account: "123456789012",
    lambdaUrl: endpoint.url,
    timeScale: 0.001,
    ...options,
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new SFNClient({ region: "eu-central-1", endpoint: server.url, credentials, maxAttempts: 1 });

  async function create(definition: object, name = "machine"): Promise<string> {
    const text = JSON.stringify({ QueryLanguage: "JSONata", ...definition });
    const created = await client.send(new CreateStateMachineCommand({ name, definition: text, roleArn }));
    return String(created.stateMachineArn);
  }

  async function start(stateMachineArn: string, input: Json = {}, name?: string): Promise<string> {
    const started = await client.send(
      new StartExecutionCommand({
        stateMachineArn,
        input: JSON.stringify(input),
        ...(name === undefined ? {} : { name }),
      }),
    );
    return String(started.executionArn);
  }

  /** Waits until the execution has ended, at most a minute. */
  async function ended(executionArn: string) {
    for (let tries = 0; tries < 6000; tries += 1) {
      const described = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (described.status !== "RUNNING") return described;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${executionArn} has not ended within a minute.`);
  }

  async function history(executionArn: string | undefined): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const request = { executionArn, maxResults: 1000, ...(nextToken === undefined ? {} : { nextToken }) };
      const page = await client.send(new GetExecutionHistoryCommand(request));
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return events;
  }

  return {
    client,
    url: server.url,
    create,
    start,
    ended,
    /** Creates, starts and waits for the end. */
    async run(definition: object, input: Json = {}) {
      return ended(await start(await create(definition), input));
    },
    history,
    /** Waits until the history has an event of the type, at most ten seconds. */
    async reached(executionArn: string, type: string): Promise<void> {
      for (let tries = 0; tries < 1000; tries += 1) {
        if ((await history(executionArn)).some((event) => event.type === type)) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`${executionArn} has no event ${type} after ten seconds.`);
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.stop();
      await endpoint.stop();
    },
  };
}

/** A Task that calls a plain function by the integration with the state's input as payload, and ends. */
export function invoking(functionName: string, fields: object = {}) {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: functionName, Payload: "{% $states.input %}" },
    Output: "{% $states.result.Payload %}",
    ...("Next" in fields ? {} : { End: true }),
    ...fields,
  };
}
