import type { Context } from "aws-lambda";
import type { ImportDone } from "../lib/api/uploads.ts";
import { importUpload, parseImportCall } from "../lib/cloud/import-upload.ts";
import { storeClients } from "../lib/stores/aws/clients.ts";
import { openAwsStores } from "../lib/stores/aws/stores.ts";
import { parseImportEnv } from "./import-env.ts";
import { logger, traced } from "./telemetry.ts";

const { DATA_BUCKET: bucket, RUN_TABLE: table } = parseImportEnv(process.env);
const clients = traced(storeClients());

/** Makes a snapshot or a model of uploaded files, or appends them to a snapshot. */
export async function handler(event: unknown, context: Context): Promise<ImportDone> {
  logger.addContext(context);
  const call = parseImportCall(event);
  const { dynamodb, s3 } = await clients;
  const stores = openAwsStores({ dynamodb, s3, table, bucket });
  const done = await importUpload(call, { s3, bucket }, stores, Date.now());
  logger.info("import done", { uploadId: call.uploadId, ...done });
  return done;
}
