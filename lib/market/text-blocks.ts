import { BarsInputError } from "./bars-input-error.ts";

/** Whole lines of a text file; `firstLine` counts from 1. */
export type TextBlock = { readonly firstLine: number; readonly text: string };

/** A line, or a quoted cell, longer than this is no market data. */
const maxLineLength = 4 * 1024 * 1024;

/**
 * Cuts UTF-8 (or UTF-16 with its byte order mark) into blocks that end at line ends outside quotes, so that memory is
 * bounded by the size of the pieces that arrive. Throws BarsInputError for what is not text.
 */
export async function* textBlocks(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<TextBlock> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let rest = "";
  let line = 1;
  for await (const piece of bytes) {
    decoder ??= decoderFor(piece);
    const text = decoder.decode(piece, { stream: true });
    if (text.includes("\0"))
      throw new BarsInputError(
        `${file}: expected text or Parquet, found binary data. Give a CSV, Parquet, zip or gzip file.`,
      );
    rest += text;
    const end = lastLineEnd(rest);
    if (end === 0) {
      if (rest.length > maxLineLength) {
        throw new BarsInputError(
          `${file} line ${line}: found no line end in ${maxLineLength} characters. Check for an unclosed quote, or whether this is a CSV file.`,
        );
      }
      continue;
    }
    yield { firstLine: line, text: rest.slice(0, end) };
    line += countLineEnds(rest, end);
    rest = rest.slice(end);
  }
  rest += decoder?.decode() ?? "";
  if (rest !== "") yield { firstLine: line, text: rest };
}

// MetaTrader exports are UTF-16; everything else in this field is ASCII.
function decoderFor(firstPiece: Uint8Array): InstanceType<typeof TextDecoder> {
  if (firstPiece[0] === 0xff && firstPiece[1] === 0xfe) return new TextDecoder("utf-16le");
  if (firstPiece[0] === 0xfe && firstPiece[1] === 0xff) return new TextDecoder("utf-16be");
  return new TextDecoder("utf-8");
}

/** The position after the last line end that is not inside quotes; 0 when there is none. */
function lastLineEnd(text: string): number {
  if (!text.includes('"')) return text.lastIndexOf("\n") + 1;
  let end = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (code === 10 && !quoted) end = i + 1;
  }
  return end;
}

function countLineEnds(text: string, end: number): number {
  let count = 0;
  for (let i = text.indexOf("\n"); i !== -1 && i < end; i = text.indexOf("\n", i + 1)) count++;
  return count;
}
