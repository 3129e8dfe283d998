import { isOwnMachine, openApi, parseApiUrl } from "../../cloud/api-client.ts";
import { readDeployment } from "../../cloud/deployment.ts";
import { type Remote, remoteOf } from "../../cloud/remote.ts";
import { awsSigner, bearerSigner, findIdentity, type RequestSigner, unsigned } from "../../cloud/request-signer.ts";
import { homeFolder } from "../../local/home.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import { PlaceError } from "../place.ts";
import { clockText } from "../quantity-text.ts";

/** The API that the flags, the environment or the last deployment name, with requests signed as it expects them. Throws PlaceError. */
export async function openRemote(flags: CloudFlags): Promise<Remote> {
  const { url, region, profile } = await findApi(flags);
  return remoteOf(openApi({ url, signer: await signerFor(parseApiUrl(url), { region, profile }) }));
}

type ApiPlace = { readonly url: string; readonly region: string | undefined; readonly profile: string | undefined };

/** --endpoint-url, else BACKSTITCH_API_URL, else what `deploy` noted. */
async function findApi({ endpointUrl, region, profile }: CloudFlags): Promise<ApiPlace> {
  const { BACKSTITCH_API_URL } = process.env;
  const given = endpointUrl ?? (BACKSTITCH_API_URL === "" ? undefined : BACKSTITCH_API_URL);
  if (given !== undefined) return { url: given, region, profile };
  const deployment = await readDeployment(homeFolder());
  const ways = "or say where it is: --endpoint-url URL, or BACKSTITCH_API_URL";
  if (deployment === undefined)
    throw new PlaceError(`--cloud: no API is known here. Deploy one (backstitch deploy), ${ways}.`);
  const { stackName, destroyedAtMs, apiUrl } = deployment;
  if (destroyedAtMs !== undefined)
    throw new PlaceError(
      `--cloud: stack ${stackName} was destroyed on ${clockText(destroyedAtMs)}. Deploy again, ${ways}.`,
    );
  if (apiUrl === undefined)
    throw new PlaceError(
      `--cloud: stack ${stackName} has no API of its own. Start one (backstitch serve --cloud), ${ways}.`,
    );
  return { url: apiUrl, region: region ?? deployment.region, profile: profile ?? deployment.profile };
}

/** A token where one is set; no signature for a server of this machine unless credentials are given; else Signature Version 4. */
async function signerFor(
  url: URL,
  { region, profile }: { readonly region: string | undefined; readonly profile: string | undefined },
): Promise<RequestSigner> {
  const { BACKSTITCH_API_TOKEN: token = "", AWS_ACCESS_KEY_ID = "", AWS_PROFILE = "" } = process.env;
  if (token !== "") return bearerSigner(token);
  const hasCredentials = profile !== undefined || AWS_ACCESS_KEY_ID !== "" || AWS_PROFILE !== "";
  if (isOwnMachine(url) && !hasCredentials) return unsigned;
  // The address says best what region an API of AWS is in.
  const own = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(url.hostname)?.[1];
  return awsSigner("execute-api", await findIdentity({ profile, region: own ?? region }));
}
