import { checkBars, checkLengths } from "./bar-checks.ts";
import { type BarColumns, copyColumns, emptyColumns, type RowPlace, sliceColumns } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import { chunkBars, encodeChunk } from "./chunk-codec.ts";
import type { ObjectStore } from "./object-store.ts";
import { type BarSpan, parseBarSpan } from "./open-time.ts";
import { addReadings, type Provenance } from "./provenance.ts";
import { type QualityTracker, trackQuality } from "./quality-tracker.ts";
import { withSnapshotId } from "./snapshot-id.ts";
import {
  type MissingPolicy,
  manifestFormat,
  type PriceAdjustment,
  type SnapshotChunk,
  type SnapshotManifest,
} from "./snapshot-manifest.ts";

/** The facts about an instrument that bars do not carry. */
export type InstrumentFacts = {
  readonly symbol: string;
  readonly timeframe: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly tick?: number;
  readonly lot?: number;
};

export type SnapshotWriterOptions = {
  readonly instrument: InstrumentFacts;
  readonly missing: MissingPolicy;
  readonly adjust: PriceAdjustment;
  /** Bars that open after this time are refused, UTC ms. */
  readonly nowMs: number;
  /** A snapshot to go on from: its manifest and the bars of its last chunk. */
  readonly base?: { readonly manifest: SnapshotManifest; readonly lastChunk: BarColumns };
};

/**
 * Writes bars of one instrument into chunks of 65,536 as they come, holding one chunk. `write` may be called with any number of rows; it checks them
 * (`checkBars`) and throws BarsInputError. `finish` writes the last chunk and returns the manifest, which nothing refers to until it is put into a catalog.
 */
export type SnapshotWriter = {
  write(columns: BarColumns, place?: RowPlace): Promise<void>;
  finish(provenance: Provenance): Promise<SnapshotManifest>;
};

/** A writer for a new snapshot, or for one that goes on from `base` and shares its full chunks. */
export function snapshotWriter(options: SnapshotWriterOptions, objects: ObjectStore): SnapshotWriter {
  const { instrument, base } = options;
  const span = parseBarSpan(instrument.timeframe);
  const baseInstrument = base?.manifest.instruments[0];
  const baseQuality = base?.manifest.quality[0];
  const tracker = trackQuality({ span, timeZone: instrument.timeZone, missing: options.missing }, baseQuality);
  const chunks: SnapshotChunk[] = [...(baseInstrument?.chunks ?? [])];
  const state: WriterState = {
    chunks,
    buffer: undefined,
    filled: 0,
    fresh: 0,
    total: baseInstrument?.barCount ?? 0,
    firstMs: baseInstrument?.firstTimeMs,
    lastMs: baseInstrument?.lastTimeMs ?? Number.NEGATIVE_INFINITY,
    previousClose: Number.NaN,
    notes: [],
  };
  if (base !== undefined) reopen(state, base.lastChunk);

  return {
    write: async (columns, place = (index) => `bar ${state.total + index}`) => {
      checkLengths(columns);
      const count = columns.close.length;
      if (count === 0) return;
      checkBars(columns, state.lastMs, options.nowMs, place);
      if (state.firstMs === undefined) state.notes.push(...checkSpacing(columns, span));
      tracker.watchTimes(columns, state.lastMs, place);
      state.firstMs ??= columns.openTimeMs[0];
      state.lastMs = columns.openTimeMs[count - 1] ?? state.lastMs;
      state.buffer ??= emptyColumns(chunkBars, columns.adjustedClose === undefined ? "plain" : "with-adjusted-close");
      checkSameColumns(state.buffer, columns, place);
      for (let from = 0; from < count; ) {
        const take = Math.min(count - from, chunkBars - state.filled);
        copyColumns(sliceColumns(columns, from, from + take), state.buffer, state.filled);
        state.filled += take;
        state.total += take;
        from += take;
        if (state.filled === chunkBars) await flush(state, tracker, objects);
      }
    },
    finish: async (provenance) => {
      await flush(state, tracker, objects);
      const { firstMs, lastMs, total } = state;
      if (firstMs === undefined || total === 0) {
        throw new BarsInputError("Found no bars to store. Check the files and the --missing policy.");
      }
      const { importedAtMs, sources, ...readings } = provenance;
      return withSnapshotId({
        format: manifestFormat,
        chunkBars,
        instruments: [
          {
            ...instrument,
            startBar: 0,
            barCount: total,
            firstTimeMs: firstMs,
            lastTimeMs: lastMs,
            chunks: state.chunks,
          },
        ],
        corporateActions: [],
        missing: options.missing,
        adjust: options.adjust,
        importedAtMs,
        sources: [...(base?.manifest.sources ?? []), ...sources],
        quality: [
          {
            symbol: instrument.symbol,
            ...addReadings({ ...readings, notes: [...readings.notes, ...state.notes] }, baseQuality),
            ...tracker.report(),
          },
        ],
      });
    },
  };
}

type WriterState = {
  readonly chunks: SnapshotChunk[];
  buffer: BarColumns | undefined;
  /** Bars in the buffer, and how many of its first are not new: they were watched for outliers before. */
  filled: number;
  fresh: number;
  total: number;
  firstMs: number | undefined;
  lastMs: number;
  previousClose: number;
  readonly notes: string[];
};

/** A last chunk that is not full is taken back, to be written again with what follows. */
function reopen(state: WriterState, lastChunk: BarColumns): void {
  const count = lastChunk.close.length;
  state.buffer = emptyColumns(chunkBars, lastChunk.adjustedClose === undefined ? "plain" : "with-adjusted-close");
  state.previousClose = lastChunk.close[count - 1] ?? Number.NaN;
  if (count === chunkBars) return;
  copyColumns(lastChunk, state.buffer, 0);
  state.filled = count;
  state.fresh = count;
  state.chunks.pop();
}

async function flush(state: WriterState, tracker: QualityTracker, objects: ObjectStore): Promise<void> {
  const { buffer, filled } = state;
  if (buffer === undefined || filled === 0) return;
  const bars = sliceColumns(buffer, 0, filled);
  tracker.watchChunk(sliceColumns(bars, state.fresh, filled), state.previousClose);
  state.previousClose = bars.close[filled - 1] ?? Number.NaN;
  const bytes = encodeChunk(bars);
  const hash = await objects.put("chunks", bytes);
  state.chunks.push({ hash, startBar: state.total - filled, barCount: filled, sizeBytes: bytes.byteLength });
  state.filled = 0;
  state.fresh = 0;
}

/** Refuses rows that stand closer than the timeframe says, which are another timeframe's, and notes where most stand further apart. */
function checkSpacing(columns: BarColumns, span: BarSpan): readonly string[] {
  const steps = columns.openTimeMs.slice(1).map((t, i) => t - (columns.openTimeMs[i] ?? 0));
  const median = steps.sort()[steps.length >> 1] ?? span.ms;
  if (median < span.ms * 0.9) {
    throw new BarsInputError(
      `--timeframe ${span.timeframe}: expected rows ${span.ms / 1000} s apart, found most of them ${median / 1000} s apart. Give the timeframe of the file.`,
    );
  }
  return median > span.ms * 1.5
    ? [`Most of the first rows stand ${median / 1000} s apart, further than --timeframe ${span.timeframe} says.`]
    : [];
}

function checkSameColumns(buffer: BarColumns, columns: BarColumns, place: RowPlace): void {
  if ((buffer.adjustedClose === undefined) === (columns.adjustedClose === undefined)) return;
  const [expected, found] = buffer.adjustedClose === undefined ? ["no", "an"] : ["an", "no"];
  throw new BarsInputError(
    `${place(0)}: expected ${expected} adjusted close as in the bars before, found ${found} adjusted close. Import files with the same columns.`,
  );
}
