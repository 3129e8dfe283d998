import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { describedApi } from "../../lib/local/described-api.ts";

const described = z.looseObject({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        summary: z.string().min(1),
        tags: z.array(z.string()).length(1),
        parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
        responses: z.record(z.string(), z.looseObject({ description: z.string().min(1) })),
      }),
    ),
  ),
});

async function operations() {
  const { app, document } = await describedApi();
  const { paths } = described.parse(document);
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );
  return { app, document, all };
}

test("every route that is registered is described, and none else", async () => {
  const { app, all } = await operations();
  const registered = app.routes
    .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:([a-zA-Z]+)/g, "{$1}")}`);
  expect([...new Set(registered)].sort()).toEqual(all.map(({ name }) => name).sort());
});

test("the routes that were promised are there", async () => {
  const { all } = await operations();
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      ...["POST /runs", "GET /runs", "GET /runs/{id}", "DELETE /runs/{id}"],
      ...["result", "trades", "equity", "segments", "events"].map((part) => `GET /runs/{id}/${part}`),
      ...["cancel", "resume", "fork", "extend"].map((action) => `POST /runs/{id}/${action}`),
      ...["GET /checkpoints", "GET /checkpoints/{id}", "DELETE /checkpoints/{id}", "POST /checkpoints/cleanup"],
      ...["GET /checkpoints/stats", "POST /snapshots", "GET /snapshots", "GET /strategies", "GET /health"],
      ...["POST /sweeps", "GET /sweeps", "POST /sweeps/plan", "GET /sweeps/{id}", "DELETE /sweeps/{id}"],
      ...["lanes", "windows", "events", "report"].map((part) => `GET /sweeps/{id}/${part}`),
      ...["POST /sweeps/{id}/cancel", "POST /sweeps/{id}/resume", "GET /compare", "GET /parity"],
      "GET /openapi.json",
    ]),
  );
});

test("the description is OpenAPI 3.1, and each of its references is there", async () => {
  const { document } = await operations();
  expect(described.parse(document).openapi).toBe("3.1.0");
  const text = JSON.stringify(document);
  const { components } = z
    .looseObject({ components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }) })
    .parse(document);
  for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g))
    expect(Object.keys(components.schemas)).toContain(reference?.replace("#/components/schemas/", ""));
});

test("the parameters in a path are described", async () => {
  const { all } = await operations();
  for (const { name, path, operation } of all) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    expect([
      name,
      operation.parameters
        .filter((parameter) => parameter.in === "path")
        .map((parameter) => parameter.name)
        .sort(),
    ]).toEqual([name, inPath.sort()]);
  }
});

test("every route says that it may refuse a request", async () => {
  const { all } = await operations();
  for (const { name, operation } of all)
    expect([name, Object.keys(operation.responses)]).toEqual([
      name,
      expect.arrayContaining(["400", "401", "403", "429", "503"]),
    ]);
});

test("docs/API.md is what the description says", async () => {
  const { page } = await describedApi();
  const written = readFileSync(new URL("../../docs/API.md", import.meta.url), "utf8");
  expect(written, "write it anew: node scripts/write-api-page.js").toBe(page);
});
