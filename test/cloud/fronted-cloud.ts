import { type Api, openApi } from "../../lib/cloud/api-client.ts";
import { awsSigner, type RequestSigner } from "../../lib/cloud/request-signer.ts";
import { type HttpFront, startHttpFront } from "./http-front.ts";
import { account, type LocalCloud, type LocalCloudOptions, openLocalCloud, region } from "./local-cloud.ts";
import type { ApiUser } from "./signed-request.ts";

/** Somebody of the account, who may use the API. */
export const ann = apiUser("ann", account);
/** Somebody of another account, whose signatures the gateway knows. */
export const stranger = apiUser("stranger", "999988887777");

/** A local cloud with its HTTP API in front: signatures are checked, and the bundled function "api" answers. */
export type FrontedCloud = LocalCloud & {
  readonly front: HttpFront;
  /** The API as this user; ann where it is left out. */
  api(user?: ApiUser): Api;
  signer(user?: ApiUser): RequestSigner;
};

export async function openFrontedCloud(
  options: LocalCloudOptions,
  more: readonly ApiUser[] = [],
): Promise<FrontedCloud> {
  const cloud = await openLocalCloud(options);
  const { lambdaHost, functionNames } = cloud.stack;
  const front = await startHttpFront({
    lambdaUrl: lambdaHost.url,
    functionName: functionNames.api ?? "",
    region,
    users: [ann, stranger, ...more],
  });
  const signer = (user = ann) => awsSigner("execute-api", { region, credentials: async () => user });
  return {
    ...cloud,
    front,
    signer,
    api: (user) => openApi({ url: front.url, signer: signer(user) }),
    async stop() {
      await front.stop();
      await cloud.stop();
    },
  };
}

export function apiUser(name: string, accountId: string): ApiUser {
  const userArn = `arn:aws:iam::${accountId}:user/${name}`;
  return { accessKeyId: `AKIA${name.toUpperCase()}`, secretAccessKey: `secret of ${name}`, accountId, userArn };
}
