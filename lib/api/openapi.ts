import type { OpenAPIHono } from "@hono/zod-openapi";
import { specJsonSchema } from "../run/parse-spec.ts";
import { sweepSpecJsonSchema } from "../sweep/parse-sweep-spec.ts";
import type { ApiEnv } from "./api-env.ts";

/** The API's own description, OpenAPI 3.1. */
export function openApiDocument(app: OpenAPIHono<ApiEnv>, version: string) {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Backstitch",
      version,
      description:
        "Backtests cut into segments: every run can be killed, resumed, extended and forked, and its result stays the same, bit for bit.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    security: [{ awsSignature: [] }, { bearer: [] }],
    tags: [
      { name: "Runs" },
      { name: "Sweeps" },
      { name: "Experiments" },
      { name: "Checkpoints" },
      { name: "Snapshots" },
      { name: "Strategies" },
      { name: "Service" },
    ],
  });
  const { components, paths = {} } = document;
  for (const { post } of Object.values(paths))
    if (post !== undefined) post.parameters = [...(post.parameters ?? []), idempotencyKey];
  return {
    ...document,
    components: {
      ...components,
      schemas: {
        ...components?.schemas,
        Spec: openSchema(specJsonSchema()),
        SweepSpec: openSchema(sweepSpecJsonSchema()),
      },
    },
  };
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header" as const,
  required: false,
  description: "1 to 255 printable ASCII characters: a repeat with the same key has one effect and one answer.",
  schema: { type: "string" as const, maxLength: 255 },
};

/** What the routes refer to and no route's schema defines. */
export function registerComponents(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "awsSignature", {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    description: "AWS Signature Version 4, service execute-api.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
}

/** A spec's own JSON schema; values of any JSON, which it describes by itself, are left open. */
function openSchema(own: object): object {
  const { $schema: _, $defs: __, definitions: ___, ...schema } = own as { [name: string]: unknown };
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) =>
    typeof value === "object" && value !== null && "$ref" in value ? {} : value,
  );
}
