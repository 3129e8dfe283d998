import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import { type AwsIdentity, awsSigner } from "./request-signer.ts";

/** The few questions that a deployment asks of services whose SDK clients the project does not carry: one signed request each. */
export type AwsQuestions = {
  /** Who the credentials are. */
  callerIdentity(): Promise<{ readonly account: string; readonly arn: string }>;
  /** The text of an SSM parameter; undefined when there is none. */
  parameter(name: string): Promise<string | undefined>;
  /** How many invocations the account allows at once, and how many of them are not reserved for single functions. */
  lambdaConcurrency(): Promise<{ readonly limit: number; readonly unreserved: number }>;
  /** The outputs of a CloudFormation stack by name; undefined when there is no such stack. */
  stackOutputs(stackName: string): Promise<ReadonlyMap<string, string> | undefined>;
};

/** A question that AWS refused, or that did not reach it. */
export class AwsCallError extends InputError {
  override readonly name = "AwsCallError";
}

const timeoutMs = 10_000;

/** `endpointUrl` stands for every service, as in LocalStack; AWS_ENDPOINT_URL_STS and the like come before it. */
export function askAws(identity: AwsIdentity, endpointUrl: string | undefined, env: NodeJS.ProcessEnv): AwsQuestions {
  const ask = async (service: string, path: string, request: Question): Promise<Reply> => {
    const url = new URL(path, endpointOf(service, identity.region, endpointUrl, env));
    const { method = "POST", headers, body } = request;
    const signed = await awsSigner(service, identity)({ method, url, headers, body });
    try {
      const response = await fetch(url, {
        method,
        headers: signed,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, text: await response.text(), from: url.host };
    } catch (error) {
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new AwsCallError(
        `No answer from ${url.origin} (${reason}). Check the network, --region and --endpoint-url.`,
        { cause: error },
      );
    }
  };
  return {
    async callerIdentity() {
      const reply = await ask("sts", "/", form({ Action: "GetCallerIdentity", Version: "2011-06-15" }));
      const [account, arn] = [textOf("Account", answered(reply)), textOf("Arn", reply.text)];
      if (account === undefined || arn === undefined) throw strange(reply);
      return { account, arn };
    },
    async parameter(name) {
      const reply = await ask("ssm", "/", json("AmazonSSM.GetParameter", { Name: name }));
      if (reply.status === 400 && reply.text.includes("ParameterNotFound")) return undefined;
      const parsed = z.object({ Parameter: z.object({ Value: z.string() }) }).safeParse(JSON.parse(answered(reply)));
      if (!parsed.success) throw strange(reply);
      return parsed.data.Parameter.Value;
    },
    async lambdaConcurrency() {
      const reply = await ask("lambda", "/2016-08-19/account-settings", { method: "GET", headers: {} });
      const parsed = concurrencySchema.safeParse(JSON.parse(answered(reply)));
      if (!parsed.success) throw strange(reply);
      const { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved } = parsed.data.AccountLimit;
      return { limit, unreserved: unreserved ?? limit };
    },
    async stackOutputs(stackName) {
      const asked = form({ Action: "DescribeStacks", Version: "2010-05-15", StackName: stackName });
      const reply = await ask("cloudformation", "/", asked);
      if (reply.status === 400 && reply.text.includes("does not exist")) return undefined;
      const members = answered(reply).matchAll(
        /<OutputKey>([^<]*)<\/OutputKey>\s*<OutputValue>([^<]*)<\/OutputValue>/g,
      );
      return new Map([...members].map(([, key = "", value = ""]) => [key, value]));
    },
  };
}

type Question = {
  readonly method?: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};
type Reply = { readonly status: number; readonly text: string; readonly from: string };

const concurrencySchema = z.object({
  AccountLimit: z.object({ ConcurrentExecutions: z.number(), UnreservedConcurrentExecutions: z.number().optional() }),
});

function form(fields: Record<string, string>): Question {
  return {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  };
}

function json(target: string, fields: object): Question {
  return {
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(fields),
  };
}

function endpointOf(service: string, region: string, given: string | undefined, env: NodeJS.ProcessEnv): string {
  const own = [env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`], given, env.AWS_ENDPOINT_URL];
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return own.find((url) => url !== undefined && url !== "") ?? `https://${service}.${region}.${domain}`;
}

function answered({ status, text, from }: Reply): string {
  if (status === 200) return text;
  const message = textOf("Message", text) ?? /"[Mm]essage"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 200);
  throw new AwsCallError(`${from} answered ${status}: ${message}`);
}

function strange({ text, from }: Reply): AwsCallError {
  return new AwsCallError(`${from} gave an answer that is not of AWS: ${JSON.stringify(text.slice(0, 200))}.`);
}

/** The text of an element that occurs once; the answers of these services are flat enough for it. */
function textOf(element: string, xml: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}
