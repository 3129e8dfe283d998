import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

/** Somebody whose requests are known by their signature. */
export type ApiUser = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly accountId: string;
  readonly userArn: string;
};

/** How far the clock of the one who signs may be from the server's, as on AWS. */
const skewMs = 5 * 60_000;

/** The user who signed the request (SigV4, service execute-api); undefined when nobody known did, or what was signed is not what came. */
export async function signerOf(
  request: IncomingMessage,
  body: Buffer,
  { users, region }: { readonly users: readonly ApiUser[]; readonly region: string },
): Promise<ApiUser | undefined> {
  const stated =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    );
  const signedAtMs = amzDateMs(request.headers["x-amz-date"]);
  if (stated === null || signedAtMs === undefined || Math.abs(Date.now() - signedAtMs) > skewMs) return undefined;
  const [, keyId, , statedRegion, service, names = "", signature] = stated;
  const user = users.find(({ accessKeyId }) => accessKeyId === keyId);
  if (user === undefined || statedRegion !== region || service !== "execute-api") return undefined;
  const signedNames = names.split(";");
  if (!signedNames.includes("host")) return undefined;
  const bodyHash = request.headers["x-amz-content-sha256"];
  if (bodyHash !== undefined && bodyHash !== sha256(body)) return undefined;
  if (user.sessionToken !== undefined && request.headers["x-amz-security-token"] !== user.sessionToken)
    return undefined;

  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  const query: { [name: string]: string[] } = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
  const signer = new SignatureV4({ service, region, credentials: user, sha256: Sha256, applyChecksum: false });
  const again = await signer.sign(
    {
      method: request.method ?? "GET",
      protocol: "http:",
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: Object.fromEntries(signedNames.map((name) => [name, String(request.headers[name] ?? "")])),
      body: body.length === 0 ? undefined : body,
    },
    { signingDate: new Date(signedAtMs) },
  );
  return again.headers.authorization?.endsWith(`Signature=${signature}`) === true ? user : undefined;
}

function amzDateMs(text: string | readonly string[] | undefined): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(text));
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
