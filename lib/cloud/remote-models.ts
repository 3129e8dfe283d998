import { join } from "node:path";
import { z } from "zod";
import {
  modelDocumentSchema,
  modelImportSchema,
  modelSummarySchema,
  modelVerificationSchema,
} from "../api/model-schemas.ts";
import type { BundleFiles } from "../models/bundle.ts";
import type { ModelDocument, ModelSummary } from "../run/model-document.ts";
import type { VerifiedModel } from "../run/verify-model.ts";
import type { Api } from "./api-client.ts";
import { endedImport, sendFiles, type UploadProgress } from "./remote-imports.ts";

export type RemoteModels = ReturnType<typeof remoteModels>;

const perPage = 200;

/** Models on the other side of the API. */
export function remoteModels(api: Api) {
  return {
    async list(): Promise<readonly ModelSummary[]> {
      const models: ModelSummary[] = [];
      let cursor: string | null = null;
      do {
        const query = { limit: perPage, cursor: cursor ?? undefined };
        const page: z.output<typeof pageSchema> = pageSchema.parse(await api.get("/models", query));
        models.push(...page.models);
        cursor = page.next;
      } while (cursor !== null);
      return models;
    },
    get: async (reference: string): Promise<ModelDocument> => modelDocumentSchema.parse(await api.get(path(reference))),
    verify: async (reference: string): Promise<VerifiedModel> =>
      modelVerificationSchema.parse(await api.post(`${path(reference)}/verify`)),
    async remove(name: string): Promise<void> {
      await api.delete(path(name));
    },
    /** Sends the files of a bundle's folder to where the API says, has them imported, and waits for it. */
    async import(
      folder: string,
      files: BundleFiles,
      name: string | undefined,
      onProgress: (progress: UploadProgress) => void,
    ): Promise<z.output<typeof modelImportSchema>> {
      const sent = [...files.keys()].map((file) => join(folder, file));
      const uploadId = await sendFiles(api, "/models", sent, onProgress);
      await api.post(`/models/${uploadId}/import`, name === undefined ? {} : { name });
      return endedImport(uploadId, async () => modelImportSchema.parse(await api.get(`/models/imports/${uploadId}`)));
    },
  };
}

const pageSchema = z.object({ models: z.array(modelSummarySchema), next: z.string().nullable() });

function path(reference: string): string {
  return `/models/${encodeURIComponent(reference)}`;
}
