import type { OpenAPIHono } from "@hono/zod-openapi";
import { expect } from "vitest";
import { z } from "zod";
import type { ApiEnv } from "../../lib/api/api-env.ts";
import type { Answer } from "./served-api.ts";

export type CheckAnswer = (method: string, path: string, answer: Answer) => void;

/** Holds every answer against what its route states: the status, the content type, and each field, none of them unknown. */
export function checkAnswers(app: OpenAPIHono<ApiEnv>): CheckAnswer {
  const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === "route" ? [definition.route] : [],
  );
  return (method, path, answer) => {
    const [name = ""] = path.split("?");
    const route = routes
      .filter((candidate) => candidate.method === method.toLowerCase() && templatePattern(candidate.path).test(name))
      // A path with words of its own goes before one with ids.
      .sort((a, b) => a.path.split("{").length - b.path.split("{").length)[0];
    if (route === undefined) return;
    const stated = route.responses[answer.status];
    expect(stated, `${method} ${route.path} states ${answer.status}`).toBeDefined();
    const content = contentSchema.parse(stated);
    const type = answer.headers.get("Content-Type")?.split(";")[0] ?? "";
    if (content.content === undefined) return;
    const media = content.content[type];
    expect(media, `${method} ${route.path} states ${type} for ${answer.status}`).toBeDefined();
    if (media?.schema instanceof z.ZodType && answer.body !== undefined)
      expect(media.schema.parse(answer.body)).toEqual(answer.body);
  };
}

const contentSchema = z.looseObject({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() });

function templatePattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
}
