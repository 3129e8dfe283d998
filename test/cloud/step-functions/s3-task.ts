import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { Account } from "./account.ts";
import { StateError } from "./failures.ts";
import type { Json } from "./json.ts";
import { taskParameters } from "./task-parameters.ts";

/** The integration `aws-sdk:s3:getObject`: the body as text. */
export async function getObjectTask(account: Account, parameters: Json): Promise<Json> {
  const { Bucket, Key } = taskParameters("s3GetObject", parameters);
  return translated(async () => {
    const found = await client(account).send(new GetObjectCommand({ Bucket: String(Bucket), Key: String(Key) }));
    return { Body: (await found.Body?.transformToString()) ?? "", ETag: found.ETag ?? "" };
  });
}

/** The integration `aws-sdk:s3:putObject`: a text is stored as it is, anything else as JSON. */
export async function putObjectTask(account: Account, parameters: Json): Promise<Json> {
  const { Bucket, Key, Body } = taskParameters("s3PutObject", parameters);
  const body = typeof Body === "string" ? Body : JSON.stringify(Body ?? "");
  return translated(async () => {
    const stored = await putText(account, { bucket: String(Bucket), key: String(Key), body });
    return { ETag: stored };
  });
}

/** Reads an object as text; throws S3's own error. */
export async function getText(account: Account, { bucket, key }: { readonly bucket: string; readonly key: string }) {
  const found = await client(account).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await found.Body?.transformToString()) ?? "";
}

/** Writes an object and returns its ETag; throws S3's own error. */
export async function putText(
  account: Account,
  { bucket, key, body }: { readonly bucket: string; readonly key: string; readonly body: string },
): Promise<string> {
  const stored = await client(account).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return stored.ETag ?? "";
}

async function translated(call: () => Promise<Json>): Promise<Json> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    throw new StateError(`S3.${error.name}${error.name.endsWith("Exception") ? "" : "Exception"}`, error.message);
  }
}

function client({ s3Client }: Account): S3Client {
  if (s3Client === undefined)
    throw new StateError("S3.SdkClientException", "This server was started without an s3Client.");
  return s3Client;
}
