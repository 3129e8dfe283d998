import { randomUUID } from "node:crypto";
import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { SFNClient } from "@aws-sdk/client-sfn";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ProblemError } from "../api/problem.ts";
import type { ImportState, Uploads } from "../api/uploads.ts";
import { reasonOf } from "../run/execution-end.ts";
import { openExecutions } from "./executions.ts";
import { fileKey, getDone, getUpload, putUpload, type UploadRecord } from "./upload-objects.ts";

export type CloudUploadsOptions = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly sfn: SFNClient;
  /** The state machine "Import". */
  readonly stateMachineArn: string;
  readonly nowMs: () => number;
};

/** Files may be sent for an hour; a function's own credentials, which sign, do not last much longer. */
const sendSeconds = 3_600;

/** Uploads straight to the bucket by presigned addresses, and their imports as executions named after them. */
export function openCloudUploads({ s3, bucket, sfn, stateMachineArn, nowMs }: CloudUploadsOptions): Uploads {
  const executions = openExecutions(sfn, stateMachineArn);
  const nameOf = (uploadId: string): string => `import-${uploadId}`;
  return {
    async begin(files, { callerId, nowMs: beganAtMs }) {
      const uploadId = randomUUID();
      const fileNames = files.map(({ fileName }) => fileName);
      const expiresAtMs = beganAtMs + sendSeconds * 1_000;
      await putUpload({ s3, bucket, uploadId }, { callerId, fileNames, expiresAtMs });
      const uploads = files.map(async ({ fileName, sizeBytes }, index) => {
        const size = sizeBytes === undefined ? {} : { ContentLength: sizeBytes };
        const put = new PutObjectCommand({ Bucket: bucket, Key: fileKey(uploadId, index), ...size });
        const url = await getSignedUrl(s3, put, { expiresIn: sendSeconds });
        return { fileName, method: "PUT" as const, url, headers: {} };
      });
      return { uploadId, uploads: await Promise.all(uploads), expiresAtMs };
    },
    async import(uploadId, request, callerId) {
      const upload = await ownUpload(uploadId, callerId);
      if (upload === undefined) return undefined;
      const state = await stateOf(uploadId);
      if (state.status !== "uploading") return state;
      await assertSent(uploadId, upload);
      await executions.start(nameOf(uploadId), { uploadId, request });
      return { status: "running" };
    },
    async state(uploadId, callerId) {
      return (await ownUpload(uploadId, callerId)) === undefined ? undefined : stateOf(uploadId);
    },
  };

  async function ownUpload(uploadId: string, callerId: string): Promise<UploadRecord | undefined> {
    const upload = await getUpload({ s3, bucket, uploadId });
    return upload?.callerId === callerId ? upload : undefined;
  }

  async function stateOf(uploadId: string): Promise<ImportState> {
    const execution = await executions.describe(executions.arnOf(nameOf(uploadId)));
    switch (execution.kind) {
      case "missing":
        return (await getDone({ s3, bucket, uploadId })) ?? { status: "uploading" };
      case "running":
        return { status: "running" };
      case "succeeded":
        return (await getDone({ s3, bucket, uploadId })) ?? { status: "running" };
      case "ended":
        return { status: "failed", error: reasonOf(execution.end) };
    }
  }

  async function assertSent(uploadId: string, { fileNames, expiresAtMs }: UploadRecord): Promise<void> {
    for (const [index, fileName] of fileNames.entries()) {
      if (await isSent(fileKey(uploadId, index))) continue;
      const next = nowMs() < expiresAtMs ? "Send it, then ask again." : "Its time is over: begin a new upload.";
      throw new ProblemError(409, "file-missing", `File ${index} (${fileName}) has not been sent yet. ${next}`);
    }
  }

  async function isSent(Key: string): Promise<boolean> {
    try {
      await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      return true;
    } catch (error) {
      if (error instanceof Error && (error.name === "NotFound" || error.name === "NoSuchKey")) return false;
      throw error;
    }
  }
}
