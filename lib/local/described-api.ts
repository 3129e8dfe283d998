import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "../api/api-env.ts";
import { apiPage } from "../api/api-page.ts";
import { buildApi } from "../api/build-api.ts";
import { openApiDocument } from "../api/openapi.ts";
import { openMemoryStores } from "../stores/memory/stores.ts";
import { openLocalApi } from "./open-local-api.ts";

/** The API over nothing, to be described: the app, its OpenAPI document, and docs/API.md. */
export async function describedApi(): Promise<{
  readonly app: OpenAPIHono<ApiEnv>;
  readonly document: object;
  readonly page: string;
}> {
  const { deps } = await openLocalApi({
    home: "nowhere",
    stores: await openMemoryStores(),
    concurrency: 1,
    strategiesFolder: undefined,
    version: "0",
    onFault: (error) => {
      throw error;
    },
  });
  const limits = { bodyBytes: 0, answerBytes: 0, workMs: 0 };
  const app = buildApi({ ...deps, identify: () => ({ id: "nobody" }), limits, canStream: true });
  const document = openApiDocument(app, "0");
  return { app, document, page: apiPage(document) };
}
