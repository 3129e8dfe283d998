import { BarsInputError } from "./bars-input-error.ts";

/** More than this is not unpacked from one file: 64 GiB are about a billion bars. */
export const maxUnpackedBytes = 64 * 1024 ** 3;

/** Passes bytes on as they are unpacked, up to a limit; what the unpacker refuses becomes a BarsInputError. */
export async function* boundedBytes(
  bytes: AsyncIterable<Uint8Array>,
  label: string,
  kind: "gzip" | "zip",
): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const piece of bytes) {
      total += piece.length;
      if (total > maxUnpackedBytes)
        throw new BarsInputError(
          `${label}: unpacks to more than ${maxUnpackedBytes} bytes. Unpack and split it first.`,
        );
      yield piece;
    }
  } catch (error) {
    if (!isUnpackError(error)) throw error;
    throw new BarsInputError(`${label}: the ${kind} file is damaged or cut off: ${error.message}. Fetch it again.`, {
      cause: error,
    });
  }
}

// zlib's errors have a code that starts with Z_; yauzl's have none.
function isUnpackError(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof BarsInputError) return false;
  return !("code" in error) || String(error.code).startsWith("Z_");
}
