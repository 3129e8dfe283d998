/** Signals turned into one wish to stop. */
export type SignalStop = { readonly stop: AbortSignal; release(): void };

/** A terminal sends Ctrl-C to a whole group of processes, and npm and our own launcher pass it on: within this time it is the same one. */
const sameSignalMs = 300;

/** Asks for a stop at the first Ctrl-C, SIGTERM or SIGHUP, and ends the process at the second. */
export function stopOnSignal(onFirst: () => void): SignalStop {
  const controller = new AbortController();
  let firstAtMs = 0;
  const onSignal = (): void => {
    const nowMs = Date.now();
    if (!controller.signal.aborted) {
      firstAtMs = nowMs;
      onFirst();
      controller.abort();
    } else if (nowMs - firstAtMs > sameSignalMs) process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stop: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
