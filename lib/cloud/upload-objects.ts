import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import type { ImportDone } from "../api/uploads.ts";

/** An upload in the bucket: `uploads/<uploadId>/upload.json`, the files beside it as 0, 1, …, and `done.json` after their import. */
export type UploadPlace = { readonly s3: S3Client; readonly bucket: string; readonly uploadId: string };

const uploadRecord = z.object({
  callerId: z.string(),
  fileNames: z.array(z.string()).readonly(),
  expiresAtMs: z.int(),
});
export type UploadRecord = z.output<typeof uploadRecord>;

const done = { status: z.literal("done"), name: z.string() };
const doneRecord = z.union([
  z.object({ ...done, snapshotId: z.string(), addedBarCount: z.int() }),
  z.object({ ...done, modelId: z.string(), checked: z.enum(["inference", "files"]) }),
]);

export function fileKey(uploadId: string, index: number): string {
  return `uploads/${uploadId}/${index}`;
}

export async function putUpload(place: UploadPlace, upload: UploadRecord): Promise<void> {
  await putJson(place, "upload.json", upload);
}

/** Undefined when there is none, or it was forgotten. */
export async function getUpload(place: UploadPlace): Promise<UploadRecord | undefined> {
  const found = await getJson(place, "upload.json");
  return found === undefined ? undefined : uploadRecord.parse(found);
}

export async function putDone(place: UploadPlace, done: ImportDone): Promise<void> {
  await putJson(place, "done.json", done);
}

/** What the import of the upload gave; undefined before it is done. */
export async function getDone(place: UploadPlace): Promise<ImportDone | undefined> {
  const found = await getJson(place, "done.json");
  return found === undefined ? undefined : doneRecord.parse(found);
}

/** Copies the upload's files into a folder under their own names; returns their paths in order. Throws the SDK's NoSuchKey for one that was never sent. */
export async function downloadFiles(place: UploadPlace, upload: UploadRecord, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const [index, fileName] of upload.fileNames.entries()) {
    const path = join(folder, String(index), basename(fileName));
    await mkdir(join(folder, String(index)), { recursive: true });
    const Key = fileKey(place.uploadId, index);
    const { Body } = await place.s3.send(new GetObjectCommand({ Bucket: place.bucket, Key }));
    await pipeline(Body instanceof Readable ? Body : Readable.from([]), createWriteStream(path));
    paths.push(path);
  }
  return paths;
}

export async function removeFiles({ s3, bucket, uploadId }: UploadPlace, upload: UploadRecord): Promise<void> {
  for (const index of upload.fileNames.keys())
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: fileKey(uploadId, index) }));
}

async function putJson({ s3, bucket, uploadId }: UploadPlace, name: string, value: unknown): Promise<void> {
  const Key = `uploads/${uploadId}/${name}`;
  const Body = JSON.stringify(value);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: "application/json" }));
}

async function getJson({ s3, bucket, uploadId }: UploadPlace, name: string): Promise<unknown> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `uploads/${uploadId}/${name}` }));
    return JSON.parse((await Body?.transformToString()) ?? "null");
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}
