import type { JsonValue } from "../engine/json.ts";

/** A lane's parameters as a person writes them: "fast 10, slow 30"; of a model's id its beginning, which commands take as well. */
export function paramsText(params: JsonValue): string {
  if (params === null || typeof params !== "object" || Array.isArray(params)) return JSON.stringify(params);
  return Object.entries(params)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ")
    .replaceAll(longId, shownDigits);
}

/** One value of a parameter, as `paramsText` shows it. */
export function valueText(value: unknown): string {
  return String(value).replaceAll(longId, shownDigits);
}

const longId = /\b([0-9a-f]{12})[0-9a-f]{52}\b/g;
const shownDigits = "$1";
