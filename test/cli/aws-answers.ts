import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What an account answers to the questions of `deploy` and `destroy`. */
export type AccountAnswers = {
  readonly bootstrapVersion?: string;
  readonly concurrency?: { readonly limit: number; readonly unreserved: number };
  readonly outputs?: Readonly<Record<string, string>>;
  /** Refuse every question with this message. */
  readonly refusal?: string;
};

export type Account = {
  readonly url: string;
  /** Service, from the signature, of each question. */
  readonly asked: string[];
  close(): void;
};

/** A server on this machine that speaks the protocols of STS, SSM, Lambda and CloudFormation as far as these questions go. */
export async function openAccount(answers: AccountAnswers): Promise<Account> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const service = /\/([a-z]+)\/aws4_request/.exec(request.headers.authorization ?? "")?.[1] ?? "nobody";
      asked.push(service);
      const { status, text } = answerOf(service, body, answers);
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Answer = { readonly status: number; readonly text: string };

function answerOf(service: string, body: string, answers: AccountAnswers): Answer {
  const { bootstrapVersion, concurrency, outputs, refusal } = answers;
  if (refusal !== undefined)
    return { status: 403, text: `<ErrorResponse><Error><Message>${refusal}</Message></Error></ErrorResponse>` };
  switch (service) {
    case "sts":
      return ok(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/ada</Arn><UserId>U</UserId><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
      );
    case "ssm":
      return bootstrapVersion === undefined
        ? { status: 400, text: '{"__type":"ParameterNotFound"}' }
        : ok(JSON.stringify({ Parameter: { Value: bootstrapVersion } }));
    case "lambda":
      return ok(
        JSON.stringify({
          AccountLimit: {
            ConcurrentExecutions: concurrency?.limit ?? 1_000,
            UnreservedConcurrentExecutions: concurrency?.unreserved ?? 1_000,
          },
        }),
      );
    case "cloudformation":
      return outputs === undefined
        ? { status: 400, text: `<Error><Message>Stack with id ${body.slice(-20)} does not exist</Message></Error>` }
        : ok(
            `<Outputs>${Object.entries(outputs).map(
              ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
            )}</Outputs>`,
          );
    default:
      return { status: 403, text: "<Message>not signed</Message>" };
  }
}

function ok(text: string): Answer {
  return { status: 200, text };
}
