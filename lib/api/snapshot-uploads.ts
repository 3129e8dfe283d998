import type { ImportOptions } from "../market/import-bars.ts";

/** What a file is sent to: one PUT of its bytes. */
export type UploadTarget = {
  readonly fileName: string;
  readonly method: "PUT";
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
};

export type BegunUpload = {
  readonly uploadId: string;
  readonly uploads: readonly UploadTarget[];
  /** Until when files may be sent, UTC ms. */
  readonly expiresAtMs: number;
};

/** What to make of the uploaded files: a new snapshot, or later bars of one. */
export type ImportRequest =
  | ({ readonly kind: "import" } & Omit<ImportOptions, "files" | "nowMs">)
  | ({ readonly kind: "append" } & Pick<
      ImportOptions,
      "name" | "barLabel" | "columns" | "timeFormat" | "priceScale"
    > & {
        readonly timeZone?: string;
      });

export type ImportState =
  /** Files may still come; nothing was asked to be made of them. */
  | { readonly status: "uploading" }
  | { readonly status: "running" }
  | {
      readonly status: "done";
      readonly name: string;
      readonly snapshotId: string;
      /** Bars that an append added; all of an import's. */
      readonly addedBarCount: number;
    }
  | { readonly status: "failed"; readonly error: { readonly name: string; readonly message: string } };

/** Files on their way to a snapshot; an upload is its caller's alone. */
export type SnapshotUploads = {
  /** Prepares places for files of these names. `origin` is the scheme and host that the caller sees this API under. */
  begin(
    files: readonly { readonly fileName: string; readonly sizeBytes?: number }[],
    context: { readonly callerId: string; readonly origin: string; readonly nowMs: number },
  ): Promise<BegunUpload>;
  /** Takes a file's bytes, where they are sent to this API itself and not to a place of their own. False when there is no such place. */
  receive?(uploadId: string, index: number, body: ReadableStream<Uint8Array>, callerId: string): Promise<boolean>;
  /** Begins the import, once: asking again tells the state. Undefined when there is no such upload. */
  import(uploadId: string, request: ImportRequest, callerId: string): Promise<ImportState | undefined>;
  /** Undefined when there is no such upload, or it was forgotten since. */
  state(uploadId: string, callerId: string): Promise<ImportState | undefined>;
};
