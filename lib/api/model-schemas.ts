import { z } from "@hono/zod-openapi";
import { bundleFileNames } from "../models/bundle.ts";
import { metadataSchema } from "../models/bundle-metadata.ts";
import { modelName } from "./references.ts";
import { hash, runStatus } from "./run-schemas.ts";

const timeMs = z.int().openapi({ description: "UTC milliseconds." });

/** A message of protobuf, which an ONNX file is, has at most 2 GB. */
const greatestBytes = 2_147_483_647;

export const modelSummarySchema = z
  .object({
    name: z.string().nullable().openapi({ description: "Null for one without a name, asked for by its id." }),
    modelId: hash,
    importedAtMs: timeMs.nullable(),
    // A copy: the schema's own module may have been loaded before schemas could be described.
    metadata: metadataSchema.clone().openapi("ModelMetadata", {
      description: "What the bundle says of its model: metadata.json with its defaults, as docs/MODELS.md explains it.",
    }),
  })
  .openapi("ModelSummary");

export const modelDocumentSchema = modelSummarySchema
  .extend({
    usedBy: z
      .array(z.object({ runId: z.string(), status: runStatus }))
      .readonly()
      .openapi({ description: "Runs that refer to it, newest first: at most 20, of the newest 1,000." }),
  })
  .openapi("Model");

export const modelVerificationSchema = z
  .object({
    name: z.string(),
    modelId: hash,
    vectors: z.int().min(0).openapi({ description: "Golden vectors that were computed." }),
    problems: z.array(z.string()).readonly().openapi({ description: "None where the model is good." }),
  })
  .openapi("ModelVerification");

export const beginModelUploadSchema = z.strictObject({
  files: z
    .array(
      z.strictObject({
        fileName: z.enum(bundleFileNames).openapi({ description: "A file of the bundle, without folders." }),
        sizeBytes: z.int().min(1).max(greatestBytes),
      }),
    )
    .min(1)
    .max(bundleFileNames.length)
    .refine((files) => new Set(files.map(({ fileName }) => fileName)).size === files.length, {
      message: "expected each file once",
    })
    .openapi({ description: "The bundle's files: golden.json may be missing." }),
});

export const modelRequestSchema = z
  .strictObject({
    name: modelName.exactOptional().openapi({
      description: "The name under which specs find it; the one in metadata.json, when left out.",
    }),
  })
  .openapi("ModelImportRequest");

export const modelImportSchema = z
  .object({
    uploadId: z.string(),
    status: z.enum(["uploading", "running", "done", "failed"]),
    name: z.string().nullable(),
    modelId: hash.nullable(),
    checked: z.enum(["inference", "files"]).nullable().openapi({
      description:
        "`inference`: it was loaded and its golden vectors were computed there. `files`: there is no model runtime there, and all else was checked.",
    }),
    error: z.object({ name: z.string(), message: z.string() }).nullable(),
  })
  .openapi("ModelImportState");
