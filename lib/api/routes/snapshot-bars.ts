import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { BarColumns } from "../../market/bar-rows.ts";
import { onlyInstrument, openSnapshot } from "../../market/open-snapshot.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { decodePlace, encodePlace, nextCursor, pageQuery } from "../pages.ts";
import { problemResponses } from "../problem.ts";
import { snapshotReference } from "../references.ts";
import { snapshotOf } from "../snapshot-of-request.ts";

const barSchema = z
  .object({
    openTimeMs: z.int(),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
    adjustedClose: z.number().optional(),
  })
  .openapi("Bar");

const getBars = createRoute({
  method: "get",
  path: "/snapshots/{name}/bars",
  summary: "The bars of a snapshot, in order, page by page",
  tags: ["Snapshots"],
  request: { params: z.object({ name: snapshotReference }), query: z.object(pageQuery(5_000, 20_000)) },
  responses: {
    200: jsonAnswer(z.object({ bars: z.array(barSchema), next: nextCursor }), "A page of bars."),
    ...problemResponses(404, 422),
  },
});

/** What a snapshot holds, bar by bar. */
export function addSnapshotBars(app: OpenAPIHono<ApiEnv>, { stores }: ApiDeps): void {
  app.openapi(getBars, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const manifest = await snapshotOf(c.req.valid("param").name, stores.snapshots);
    const { chunkBars } = manifest;
    const { barCount } = onlyInstrument(manifest);
    const { readChunk } = openSnapshot(manifest, stores.objects);
    const [from = 0] = decodePlace(cursor, [0]);
    const end = Math.min(from + limit, barCount);
    const bars: z.output<typeof barSchema>[] = [];
    for (let bar = from; bar < end; bar++) {
      const chunk = await readChunk(Math.floor(bar / chunkBars));
      const row = bar % chunkBars;
      bars.push(barAt(chunk, row));
    }
    return c.json({ bars, next: end < barCount ? encodePlace([end]) : null }, 200);
  });
}

function barAt(chunk: BarColumns, row: number): z.output<typeof barSchema> {
  const at = (column: Float64Array): number => column[row] as number;
  const adjusted = chunk.adjustedClose?.[row];
  return {
    openTimeMs: at(chunk.openTimeMs),
    open: at(chunk.open),
    high: at(chunk.high),
    low: at(chunk.low),
    close: at(chunk.close),
    volume: at(chunk.volume),
    ...(adjusted === undefined || Number.isNaN(adjusted) ? {} : { adjustedClose: adjusted }),
  };
}
