import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import {
  CorruptObjectError,
  MissingObjectError,
  type ObjectKind,
  type ObjectStore,
} from "../../market/object-store.ts";
import { assertObjectHash, objectHash, objectHashAside } from "../object-hash.ts";

export type Bucket = { readonly s3: S3Client; readonly name: string };

/**
 * Objects in an S3 bucket as `objects/<kind>/<hash>`. Their checksum, which S3 verifies, is the hash. A put never replaces an object that is
 * whole, where the server knows If-None-Match; where it does not, the same bytes are written over themselves.
 */
export function openAwsObjectStore({ s3, name }: Bucket): ObjectStore {
  return {
    async put(kind, bytes) {
      const hash = objectHash(bytes);
      const key = keyOf(kind, hash);
      if (await putNew(key, hash, bytes)) return hash;
      if (!(await renew(key, hash, bytes.length))) await putOver(key, hash, bytes);
      return hash;
    },
    async get(kind, hash) {
      const key = keyOf(kind, hash);
      const bytes = await readBody(key);
      if (bytes === undefined) throw new MissingObjectError(kind, hash, `s3://${name}/${key}`);
      const foundHash = await objectHashAside(bytes);
      if (foundHash !== hash) throw new CorruptObjectError(kind, hash, foundHash, `s3://${name}/${key}`);
      return bytes;
    },
    async has(kind, hash) {
      const found = await unlessStatus([404], s3.send(new HeadObjectCommand({ Bucket: name, Key: keyOf(kind, hash) })));
      return found !== undefined;
    },
    async *list(kind) {
      const prefix = `objects/${kind}/`;
      let token: string | undefined;
      do {
        const page: ListObjectsV2CommandOutput = await s3.send(
          new ListObjectsV2Command({
            Bucket: name,
            Prefix: prefix,
            ...(token !== undefined && { ContinuationToken: token }),
          }),
        );
        for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
          const hash = Key.slice(prefix.length);
          yield { hash, sizeBytes: Size, storedAtMs: LastModified?.getTime() ?? Date.now() };
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
    async remove(kind, hash) {
      await unlessStatus([404], s3.send(new DeleteObjectCommand({ Bucket: name, Key: keyOf(kind, hash) })));
    },
  };

  /** False when something lies there already, or another put of the same key is under way. */
  async function putNew(key: string, hash: string, bytes: Uint8Array): Promise<boolean> {
    const command = new PutObjectCommand({ ...objectFields(key, hash, bytes), IfNoneMatch: "*" });
    // 501: a server that does not know the condition.
    return (await unlessStatus([409, 412, 501], s3.send(command))) !== undefined;
  }

  async function putOver(key: string, hash: string, bytes: Uint8Array): Promise<void> {
    await s3.send(new PutObjectCommand(objectFields(key, hash, bytes)));
  }

  /** Makes the stored object count as stored now by a copy onto itself; false when it is not whole, as far as the server can tell, or just went. */
  async function renew(key: string, hash: string, sizeBytes: number): Promise<boolean> {
    const head = new HeadObjectCommand({ Bucket: name, Key: key, ChecksumMode: "ENABLED" });
    const stored = await unlessStatus([400, 404, 501], s3.send(head));
    const { ContentLength, ChecksumSHA256 = base64(hash) } = stored ?? {};
    if (ContentLength !== sizeBytes || ChecksumSHA256 !== base64(hash)) return false;
    const copy = new CopyObjectCommand({
      Bucket: name,
      Key: key,
      CopySource: `${name}/${key}`,
      // A copy onto itself must change something.
      MetadataDirective: "REPLACE",
      Metadata: { "stored-at": String(Date.now()) },
      ContentType: "application/octet-stream",
      ChecksumAlgorithm: "SHA256",
    });
    return (await unlessStatus([400, 404, 412, 501], s3.send(copy))) !== undefined;
  }

  /** The SDK repeats a request that was not answered, but not one whose answer breaks off: that is done here. */
  async function readBody(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (let attempt = 1; ; attempt++) {
      const abortSignal = AbortSignal.timeout(readTimeoutMs);
      const command = new GetObjectCommand({ Bucket: name, Key: key });
      const found = await unlessStatus([404], s3.send(command, { abortSignal }));
      if (found?.Body === undefined) return undefined;
      try {
        return new Uint8Array(await found.Body.transformToByteArray());
      } catch (error) {
        if (attempt === readCount) throw error;
      }
    }
  }

  function objectFields(key: string, hash: string, bytes: Uint8Array) {
    const ContentType = "application/octet-stream";
    return {
      Bucket: name,
      Key: key,
      Body: bytes,
      ContentLength: bytes.length,
      ContentType,
      ChecksumSHA256: base64(hash),
    };
  }
}

/** How often, and how long each time, an object is read whose bytes break off or do not come. */
const readCount = 3;
const readTimeoutMs = 120_000;

function keyOf(kind: ObjectKind, hash: string): string {
  assertObjectHash(hash);
  return `objects/${kind}/${hash}`;
}

function base64(hash: string): string {
  return Buffer.from(hash, "hex").toString("base64");
}

/** What the server answered, or undefined when it answered with one of these statuses. */
async function unlessStatus<T>(statuses: readonly number[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status !== undefined && statuses.includes(status)) return undefined;
    throw error;
  }
}
