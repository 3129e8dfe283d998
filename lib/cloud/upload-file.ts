import { createReadStream } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";

/** A file and where its bytes go: one PUT with these headers, and its size in front, which S3 asks for. */
export type FileUpload = {
  readonly file: string;
  readonly sizeBytes: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** A file that the other side did not take. */
export class UploadError extends Error {
  override readonly name = "UploadError";
}

const tries = 4;
/** Without a byte moving. */
const silenceMs = 60_000;

/** Sends a file as it is read, and again from its start when the connection or the server fails. `onSent` is told how many of its bytes are sent. */
export async function uploadFile(upload: FileUpload, onSent: (bytes: number) => void): Promise<void> {
  for (let n = 1; ; n++) {
    const fault = await sendOnce(upload, onSent);
    if (fault === undefined) return;
    if (n === tries || !fault.isPassing)
      throw new UploadError(`${upload.file}: could not be uploaded to ${new URL(upload.url).host} (${fault.reason}).`);
    await setTimeout(Math.random() * 1_000 * 2 ** n);
  }
}

type Fault = { readonly reason: string; readonly isPassing: boolean };

async function sendOnce(
  { file, sizeBytes, url, headers }: FileUpload,
  onSent: (bytes: number) => void,
): Promise<Fault | undefined> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const request = send(url, {
    method: "PUT",
    headers: { ...headers, "content-length": sizeBytes },
    timeout: silenceMs,
  });
  request.once("timeout", () => request.destroy(new Error(`nothing moved for ${silenceMs / 1_000} s`)));
  const answer = new Promise<Fault | undefined>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.once("error", reject);
      response.once("end", () => resolve(faultOf(response.statusCode ?? 0, text)));
    });
  });
  let sent = 0;
  const bytes = createReadStream(file, { highWaterMark: 256 * 1_024 });
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      yield piece;
      sent += piece.length;
      onSent(sent);
    }
  };
  try {
    const [fault] = await Promise.all([answer, pipeline(bytes, counted, request)]);
    return fault;
  } catch (error) {
    // A server that refuses answers before it has everything, and the pipe breaks: then its answer counts.
    const early = await Promise.race([answer.catch(() => undefined), setTimeout(200, undefined)]);
    if (early !== undefined) return early;
    return { reason: error instanceof Error ? error.message : String(error), isPassing: true };
  }
}

function faultOf(status: number, text: string): Fault | undefined {
  if (status >= 200 && status < 300) return undefined;
  const reason =
    /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? /"detail":"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 200);
  return { reason: `${status}${reason === "" ? "" : `: ${reason}`}`, isPassing: status >= 500 || status === 429 };
}
