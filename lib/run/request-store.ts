/** How long a key is remembered. */
export const keyLifeMs = 24 * 3_600_000;

/** A request that may arrive twice, under the key that its sender gave it. */
export type KeyedRequest = {
  readonly key: string;
  /** SHA-256 of what was asked: the same key with another content is refused. */
  readonly digest: string;
  readonly atMs: number;
  /** When the key may be forgotten, UTC ms. */
  readonly expiresAtMs: number;
};

/** What the first request with a key was answered; the body has at most 400,000 bytes as a JSON string. */
export type KeptAnswer = { readonly status: number; readonly body: string };

export type RequestOutcome =
  /** The key is new, expired, or its first request began over a minute ago and was never answered: do the work, then `answer`. */
  | { readonly kind: "new" }
  | { readonly kind: "answered"; readonly answer: KeptAnswer }
  /** The first request with this key is being worked on. */
  | { readonly kind: "underWay" }
  /** The key was used for another content, and has not expired. */
  | { readonly kind: "different" };

/** Remembers the requests that carry a key, so that a repeat has the effect and the answer of one. */
export type RequestStore = {
  /** Remembers the request if its key is new; of two at once, one gets `new`. Time is the request's `atMs`. */
  begin(request: KeyedRequest): Promise<RequestOutcome>;
  /** Keeps the answer for repeats of the key. Does nothing when the key is not known. */
  answer(key: string, answer: KeptAnswer): Promise<void>;
  /** Forgets a key whose request had no effect, so that it may be sent again. */
  forget(key: string): Promise<void>;
};
