import assert from "node:assert/strict";
import { z } from "zod";
import { MissingObjectError, type ObjectStore } from "../market/object-store.ts";
import type { KnownAnswers } from "../models/model-columns.ts";
import { type AskedModel, askedModels, overAnswers } from "./asked-models.ts";
import type { OpenedRun, RunStores } from "./opened-run.ts";

/** A half-open range of a run's bars. */
export type BarRange = { readonly startBar: number; readonly endBar: number };

/** What models said about a stretch of bars, or about its first part where the time ran short: `index` is the hash of an object that says where the answers lie. */
export type StretchAnswers = BarRange & { readonly index: string };

/** Answers of some bars: by model, the hash of an object with one row of outputs a bar, float32 in little endian, NaN where the model failed. */
export type AnswerBlock = BarRange & { readonly rows: { readonly [model: string]: string } };

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const indexSchema = z.object({
  format: z.literal(1),
  blocks: z.array(z.object({ startBar: z.int(), endBar: z.int(), rows: z.record(z.string(), hash) })),
});

/** Stores one row of outputs a bar. */
export function storeRows(rows: Float32Array<ArrayBuffer>, objects: ObjectStore): Promise<string> {
  return objects.put("answers", new Uint8Array(rows.buffer));
}

/** Stores which blocks there are, in the order of their bars, of a stretch that begins at this bar. */
export async function storeIndex(
  startBar: number,
  blocks: readonly AnswerBlock[],
  objects: ObjectStore,
): Promise<StretchAnswers> {
  const text = JSON.stringify({ format: 1, blocks });
  const endBar = blocks[blocks.length - 1]?.endBar ?? startBar;
  return { startBar, endBar, index: await objects.put("answers", new TextEncoder().encode(text)) };
}

/** The most that a process holds of answers; about what comes after, the models are asked. */
export const mostAnswerBytes = 256_000_000;

/**
 * The run whose models are not asked about those of the wanted bars whose answers are stored; `answers` are in the order of their bars. What is missing, for objects that nobody refers
 * to are swept after a day, the models are asked again.
 */
export async function overStoredAnswers(
  opened: OpenedRun,
  answers: readonly StretchAnswers[],
  wanted: BarRange,
  stores: RunStores,
): Promise<OpenedRun> {
  if (!answers.some((one) => overlap(one, wanted))) return opened;
  const models = askedModels(opened.program);
  const mostBars = Math.floor(mostAnswerBytes / models.reduce((sum, model) => sum + rowBytes(model), 0));
  const range = { ...wanted, endBar: Math.min(wanted.endBar, wanted.startBar + mostBars) };
  const near = answers.filter((one) => overlap(one, range));
  const indexes = await Promise.all(near.map(({ index }) => readIndex(index, stores.objects)));
  const blocks = indexes.flat().filter((block) => overlap(block, range));
  const known = new Map<string, KnownAnswers>();
  for (const model of models) {
    known.set(model.key, knownAnswers(await readBlocks(model, blocks, stores.objects), model.kernel.model.outputWidth));
  }
  return { ...opened, program: overAnswers(opened.program, known) };
}

/** Bytes of a model's answer at a bar. */
export function rowBytes({ kernel }: AskedModel): number {
  return 4 * kernel.model.outputWidth;
}

function overlap(a: BarRange, b: BarRange): boolean {
  return a.startBar < b.endBar && b.startBar < a.endBar;
}

async function readIndex(index: string, objects: ObjectStore): Promise<readonly AnswerBlock[]> {
  const bytes = await unlessMissing(objects.get("answers", index));
  return bytes === undefined ? [] : indexSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).blocks;
}

type ReadBlock = BarRange & { readonly rows: Float32Array };

/** Objects read at the same time. */
const readsAtOnce = 8;

async function readBlocks(
  { key, kernel }: AskedModel,
  blocks: readonly AnswerBlock[],
  objects: ObjectStore,
): Promise<readonly ReadBlock[]> {
  const found: ReadBlock[] = [];
  for (let from = 0; from < blocks.length; from += readsAtOnce) {
    const some = blocks.slice(from, from + readsAtOnce);
    const read = await Promise.all(some.map(({ rows }) => unlessMissing(objects.get("answers", rows[key] ?? ""))));
    for (const [i, bytes] of read.entries()) {
      if (bytes === undefined) continue;
      const { startBar, endBar } = some[i];
      assert.equal(bytes.length, 4 * (endBar - startBar) * kernel.model.outputWidth, `answers of bar ${startBar} on`);
      found.push({ startBar, endBar, rows: new Float32Array(bytes.slice().buffer) });
    }
  }
  return found;
}

function knownAnswers(blocks: readonly ReadBlock[], width: number): KnownAnswers {
  return {
    rows(bar, count) {
      const rows = new Float32Array(count * width);
      const end = bar + count;
      let at = bar;
      for (const block of blocks) {
        if (block.endBar <= at) continue;
        if (block.startBar > at) return undefined;
        const to = Math.min(block.endBar, end);
        const part = block.rows.subarray((at - block.startBar) * width, (to - block.startBar) * width);
        rows.set(part, (at - bar) * width);
        at = to;
        if (at === end) return rows;
      }
      return undefined;
    },
  };
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof MissingObjectError) return undefined;
    throw error;
  }
}
