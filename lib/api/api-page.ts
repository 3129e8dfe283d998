import { z } from "@hono/zod-openapi";

/** What the page needs of an OpenAPI document. */
const schemaSchema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    default: z.unknown().optional(),
    format: z.string().optional(),
    items: schemaSchema.optional(),
    properties: z.record(z.string(), schemaSchema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.unknown().optional(),
    anyOf: z.array(schemaSchema).optional(),
    oneOf: z.array(schemaSchema).optional(),
    allOf: z.array(schemaSchema).optional(),
  }),
);
type Schema = {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string | undefined;
  readonly items?: Schema | undefined;
  readonly properties?: { readonly [name: string]: Schema } | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly allOf?: readonly Schema[] | undefined;
};

const content = z.record(z.string(), z.object({ schema: schemaSchema.optional() }));
const operationSchema = z.object({
  summary: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        description: z.string().optional(),
        schema: schemaSchema.optional(),
      }),
    )
    .default([]),
  requestBody: z.object({ content, required: z.boolean().default(false) }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
});
type Operation = z.output<typeof operationSchema>;

const documentSchema = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), schemaSchema) }),
});

/** docs/API.md: every route and every schema of an OpenAPI document, in Markdown. */
export function apiPage(openApi: unknown): string {
  const { tags, paths, components } = documentSchema.parse(openApi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sections = tags.flatMap(({ name }) => [
    `## ${name}`,
    ...operations
      .filter(({ operation }) => operation.tags.includes(name))
      .map(({ path, method, operation }) => operationText(method, path, operation)),
  ]);
  const schemas = Object.entries(components.schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `### ${name}\n\n${schemaText(schema)}`);
  return `${[introduction, ...sections, "## Schemas", ...schemas].join("\n\n")}\n`;
}

const introduction = `# The HTTP API

Made from the API's own description (GET /openapi.json, OpenAPI 3.1) by \`node scripts/write-api-page.js\`. The same routes answer on AWS, behind
API Gateway, and on one's own machine: \`backstitch serve\`.

- **Who may call.** On AWS requests are signed (SigV4, service \`execute-api\`) by a principal of the account, or carry a JWT where the deployment says so. A
  server of one's own listens on 127.0.0.1; with \`--token\` it wants \`Authorization: Bearer TOKEN\`. Requests under a foreign Host or Origin are refused.
- **Repeats.** Every POST takes an \`Idempotency-Key\`: a repeat within a day has no further effect and gets the first one's answer, with
  \`Idempotent-Replayed: true\`. Only answers that took effect are kept. A key that was used for another request gets 422, one whose request is being worked on 409.
- **Problems.** Errors are RFC 9457 problems (\`application/problem+json\`), with the faults of single fields in \`errors\`. A 429 or 503 says in \`Retry-After\` when
  to ask again. Every route may answer 400, 401, 403, 429, 500 and 503. What API Gateway refuses by itself on AWS (a request without a valid
  signature, more than 50 of them a second, a body too large for Lambda) has the same status, and as its body \`{ "message": "…" }\`.
- **Pages.** Lists answer with \`next\`; send it back as \`cursor\`. An answer that would be too large is a 413 that names the paged route.
- **Limits.** Bodies have at most 2 MB, JSON nests at most 64 deep; an answer on AWS has at most 5 MB.`;

function operationText(method: string, path: string, operation: Operation): string {
  const { summary, description, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: place, required, description: meaning, schema = {} }) =>
      `| \`${name}\` | ${place}${required ? ", required" : ""} | ${cell(typeText(schema))} | ${cell(
        [meaning ?? schema.description, defaultText(schema)].filter((text) => text !== undefined).join(" "),
      )} |`,
  );
  const table =
    rows.length === 0 ? [] : [["| parameter | in | type | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n")];
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema = {} }]) =>
      `Body (${type}${requestBody?.required === true ? ", required" : ""}): ${bodyText(schema)}`,
  );
  const answers = Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, answer]) => `- **${status}** ${answer.description} ${answerTypes(answer.content)}`.trimEnd());
  const problems = Object.keys(responses).filter((status) => Number(status) >= 400 && !everywhere.includes(status));
  const refusals = problems.length === 0 ? [] : [`- **${problems.join(", ")}** [Problem](#problem)`];
  return [
    `### ${method} ${path}`,
    `${summary}.${description === undefined ? "" : ` ${description}`}`,
    ...table,
    ...bodies,
    [...answers, ...refusals].join("\n"),
  ].join("\n\n");
}

const everywhere = ["400", "401", "403", "429", "500", "503"];

function answerTypes(types: z.output<typeof content> | undefined): string {
  return Object.entries(types ?? {})
    .map(([type, { schema = {} }]) => (type === "application/json" ? inlineText(schema) : `(${type})`))
    .join(" or ");
}

function bodyText(schema: Schema): string {
  return schema.properties === undefined ? typeText(schema) : `\n\n${schemaText(schema)}`;
}

function inlineText(schema: Schema): string {
  if (schema.properties === undefined) return typeText(schema);
  const fields = Object.entries(schema.properties).map(([name, field]) => `\`${name}\` ${typeText(field)}`);
  return `{ ${fields.join(", ")} }`;
}

function schemaText(schema: Schema): string {
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (schema.properties === undefined) {
    const text = [schema.description, typeText(schema)].filter((part) => part !== undefined).join(" ");
    return alternatives === undefined || alternatives.every((one) => one.properties === undefined)
      ? text
      : [schema.description ?? "One of:", ...alternatives.map(schemaText)].join("\n\n");
  }
  const rows = Object.entries(schema.properties).map(
    ([name, field]) =>
      `| \`${name}\` | ${cell(typeText(field))} | ${schema.required?.includes(name) === true ? "yes" : ""} | ${cell(
        [field.description, defaultText(field)].filter((text) => text !== undefined).join(" "),
      )} |`,
  );
  const table = ["| field | type | always | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
  return schema.description === undefined ? table : `${schema.description}\n\n${table}`;
}

/** A type in a few words. */
function typeText(schema: Schema): string {
  const { $ref, type, items, properties, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  const alternatives = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeText))].join(" or ");
  if (items !== undefined) return `array of ${typeText(items)}${isNullable(type)}`;
  if (properties !== undefined) return `${inlineText(schema)}${isNullable(type)}`;
  if (type === "object" && typeof additionalProperties === "object" && additionalProperties !== null) {
    const values = schemaSchema.safeParse(additionalProperties);
    return values.success && Object.keys(additionalProperties).length > 0
      ? `object of ${typeText(values.data)}`
      : "object";
  }
  return type === undefined ? "any" : [type].flat().join(" or ");
}

function isNullable(type: Schema["type"]): string {
  return Array.isArray(type) && type.includes("null") ? " or null" : "";
}

function defaultText(schema: Schema): string | undefined {
  return schema.default === undefined ? undefined : `Default: \`${JSON.stringify(schema.default)}\`.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
