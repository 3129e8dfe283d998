import { Sha256 } from "@aws-crypto/sha256-js";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SignatureV4 } from "@smithy/signature-v4";
import { InputError } from "../engine/input-error.ts";

export type UnsignedRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

/** The headers with which a request is sent: its own, and those that say who sends it. */
export type RequestSigner = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

/** No AWS credentials, or no region, to sign with. */
export class AwsIdentityError extends InputError {
  override readonly name = "AwsIdentityError";
}

export type Identity = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** Where requests are signed for, and as whom. */
export type AwsIdentity = { readonly region: string; readonly credentials: () => Promise<Identity> };

export function bearerSigner(token: string): RequestSigner {
  return async ({ headers }) => ({ ...headers, authorization: `Bearer ${token}` });
}

/** Sends requests as they are, to a server that asks for nothing. */
export const unsigned: RequestSigner = async ({ headers }) => headers;

/** Signs with Signature Version 4 for one service ("execute-api" for an HTTP API). */
export function awsSigner(service: string, { region, credentials }: AwsIdentity): RequestSigner {
  const signature = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }) => {
    const query: Record<string, string[]> = {};
    for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
    const signed = await signature.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === "" ? {} : { port: Number(url.port) }),
      path: url.pathname,
      query,
      headers: { ...headers, host: url.host },
      ...(body === undefined ? {} : { body }),
    });
    // The client of HTTP sets the host itself.
    const { host: _host, ...rest } = signed.headers;
    return rest;
  };
}

/** The credentials and the region that the AWS SDK finds: environment, profile, single sign-on, role. Throws AwsIdentityError when there are none. */
export async function findIdentity(choice: {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}): Promise<AwsIdentity> {
  const { profile, region: asked } = choice;
  const { config } = new SFNClient({
    ...(profile === undefined ? {} : { profile }),
    ...(asked === undefined ? {} : { region: asked }),
  });
  const who = profile === undefined ? "" : ` of profile "${profile}"`;
  const region = await config.region().catch((error: unknown) => {
    throw new AwsIdentityError(
      "--region: found no AWS region. Give one (--region us-east-1), set AWS_REGION, or choose a profile that has one.",
      { cause: error },
    );
  });
  const credentials = config.credentials;
  await credentials().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsIdentityError(
      `--profile: found no AWS credentials${who} (${reason}). Sign in (aws sso login, aws configure), set AWS_PROFILE, or give --profile.`,
      { cause: error },
    );
  });
  return { region, credentials };
}
