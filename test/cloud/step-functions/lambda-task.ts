import { type Agent, type IncomingMessage, request } from "node:http";
import type { Account } from "./account.ts";
import { StateError } from "./failures.ts";
import { isJsonObject, type Json, parseJson } from "./json.ts";
import { taskParameters } from "./task-parameters.ts";

/** Invokes the function of an ARN with the input as payload and returns what it returned. */
export async function invokeLambdaFunction(account: Account, functionArn: string, input: Json): Promise<Json> {
  const { payload } = await invoke(account, {
    functionName: functionArn,
    payload: input,
    invocationType: "RequestResponse",
  });
  return payload;
}

/** The integration `lambda:invoke`: returns the payload beside the version, status code and metadata of the call. */
export async function invokeThroughIntegration(account: Account, parameters: Json): Promise<Json> {
  const { FunctionName, Payload, InvocationType, Qualifier } = taskParameters("lambdaInvoke", parameters);
  const { payload, statusCode, requestId, version } = await invoke(account, {
    functionName: String(FunctionName),
    payload: Payload ?? {},
    invocationType: typeof InvocationType === "string" ? InvocationType : "RequestResponse",
    qualifier: typeof Qualifier === "string" ? Qualifier : undefined,
  });
  return {
    ExecutedVersion: version,
    Payload: payload,
    SdkHttpMetadata: { HttpHeaders: {}, HttpStatusCode: statusCode },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: statusCode,
  };
}

type Invocation = {
  readonly functionName: string;
  readonly payload: Json;
  readonly invocationType: string;
  readonly qualifier?: string | undefined;
};

async function invoke(account: Account, { functionName, payload, invocationType, qualifier }: Invocation) {
  const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  const url = new URL(path, account.lambdaUrl);
  if (qualifier !== undefined) url.searchParams.set("Qualifier", qualifier);
  const { response, text } = await post(url, {
    body: JSON.stringify(payload),
    invocationType,
    agent: account.lambdaAgent,
  });
  const statusCode = response.statusCode ?? 0;
  const requestId = headerOf(response, "x-amzn-requestid") ?? "";
  if (statusCode >= 300) throw serviceError(response, text, { statusCode, requestId });
  if (headerOf(response, "x-amz-function-error") !== undefined) throw functionError(text);
  const version = headerOf(response, "x-amz-executed-version") ?? "$LATEST";
  if (text === "") return { payload: {}, statusCode, requestId, version };
  const answered = parseJson(text);
  if (answered === undefined) throw new StateError("States.Runtime", "The function's answer is not JSON.");
  return { payload: answered, statusCode, requestId, version };
}

/** What the function itself reports: its error type, or Lambda.Unknown where it reports none. */
function functionError(text: string): StateError {
  const reported = parseJson(text);
  const type = isJsonObject(reported) ? reported.errorType : undefined;
  if (typeof type === "string" && type !== "") return new StateError(type, text);
  return new StateError(
    "Lambda.Unknown",
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${text}`,
  );
}

/** What Lambda reports in the function's stead: throttling, a missing function, a fault of the service. */
function serviceError(
  response: IncomingMessage,
  text: string,
  { statusCode, requestId }: { readonly statusCode: number; readonly requestId: string },
): StateError {
  const body = parseJson(text);
  const message = isJsonObject(body) ? (body.Message ?? body.message ?? text) : text;
  const cause = `${String(message)} (Service: Lambda, Status Code: ${statusCode}, Request ID: ${requestId})`;
  const type = headerOf(response, "x-amzn-errortype")?.split(":")[0];
  if (statusCode === 429) return new StateError("Lambda.TooManyRequestsException", cause);
  if (type !== undefined && type !== "") return new StateError(`Lambda.${type}`, cause);
  return new StateError(statusCode >= 500 ? "Lambda.ServiceException" : "Lambda.AWSLambdaException", cause);
}

/** Posts with node:http, because `fetch` gives up on an answer after five minutes and a function may take fifteen. */
function post(
  url: URL,
  { body, invocationType, agent }: { readonly body: string; readonly invocationType: string; readonly agent: Agent },
): Promise<{ response: IncomingMessage; text: string }> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(new StateError("Lambda.SdkClientException", error.message));
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-amz-invocation-type": invocationType,
    };
    const sent = request(url, { method: "POST", headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ response, text: Buffer.concat(chunks).toString() }));
      response.on("error", failed);
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

function headerOf(response: IncomingMessage, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
