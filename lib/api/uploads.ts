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

/** What to make of the uploaded files: a new snapshot, later bars of one, or a model. */
export type ImportRequest = BarsRequest | ModelRequest;

export type BarsRequest =
  | ({ readonly kind: "import" } & Omit<ImportOptions, "files" | "nowMs">)
  | ({ readonly kind: "append" } & Pick<
      ImportOptions,
      "name" | "barLabel" | "columns" | "timeFormat" | "priceScale"
    > & {
        readonly timeZone?: string;
      });

/** A bundle's files become a model under this name, or else under the one in its metadata. */
export type ModelRequest = { readonly kind: "model"; readonly name?: string };

export type ImportState =
  /** Files may still come; nothing was asked to be made of them. */
  | { readonly status: "uploading" }
  | { readonly status: "running" }
  | ImportDone
  | { readonly status: "failed"; readonly error: { readonly name: string; readonly message: string } };

export type ImportDone = BarsDone | ModelDone;

export type BarsDone = {
  readonly status: "done";
  readonly name: string;
  readonly snapshotId: string;
  /** Bars that an append added; all of an import's. */
  readonly addedBarCount: number;
};

export type ModelDone = {
  readonly status: "done";
  readonly name: string;
  readonly modelId: string;
  /** Whether it was loaded into the model runtime there and its golden vectors were computed, or, where there is no runtime, only its files were checked. */
  readonly checked: "inference" | "files";
};

/** Files on their way to a snapshot or a model; an upload is its caller's alone. */
export type Uploads = {
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
