/** UTC milliseconds of a date or time as the spec writes it; a date means its first or its last millisecond. */
export function momentMs(text: string, edge: "start" | "end"): number {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return Date.parse(`${text}T00:00:00Z`) + (edge === "end" ? 86_399_999 : 0);
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}
