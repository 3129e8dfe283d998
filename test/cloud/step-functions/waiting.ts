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

/** Waits for a promise at most so many seconds (never more than a timer holds, 24 days); then rejects with `late`, and the promise goes on unwatched. */
export function within<T>(promise: Promise<T>, seconds: number, late: Error): Promise<T> {
  const longestTimerMs = 2 ** 31 - 1;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late), Math.min(seconds * 1000, longestTimerMs));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
