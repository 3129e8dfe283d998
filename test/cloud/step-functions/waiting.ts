/** Waits for a promise until the signal aborts; then rejects with the signal's reason while the promise goes on unwatched. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) {
      promise.catch(() => undefined);
      aborted();
      return;
    }
    signal.addEventListener("abort", aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}

/** Resolves after so many milliseconds of real time; rejects with the signal's reason when it aborts before. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", aborted, { once: true });
  });
}

/** Aborts the controller with the reason after so many seconds, and returns what calls that off. */
export function abortAfter(controller: AbortController, seconds: number, reason: Error): () => void {
  // A longer time than a timer holds, 24 days, is cut to it.
  const timer = setTimeout(() => controller.abort(reason), Math.min(seconds * 1000, 2 ** 31 - 1));
  return () => clearTimeout(timer);
}
