/** A segment's longest time, and some retries of it: before that, nothing need have changed. */
const stillMs = 30 * 60_000;
/** A call to Step Functions each. */
const mostAsked = 100;

/** How records of one kind, runs or sweeps, are asked about. */
export type Asking<Entry> = {
  /** The record with the status that its execution's state implies. */
  readonly reconcile: (entry: Entry) => Promise<Entry>;
  readonly isUnderWay: (entry: Entry) => boolean;
  readonly nowMs: number;
  /** Whether no more are to be asked about in this look. */
  readonly isLate: () => boolean;
};

export type Corrections<Entry> = {
  /** Records of what had ended, as they are now. */
  readonly ended: readonly Entry[];
  /** Those that could not be asked about, and why: the others do not wait for them. */
  readonly unanswered: readonly { readonly entry: Entry; readonly error: unknown }[];
};

/**
 * Asks the workflow about the records under way that have been still for longest: the event that tells of an execution's end may have been lost, or the execution that was to be
 * started never was. Of those that had ended, the record now says what became of them.
 */
export async function correctStill<Entry extends { readonly updatedAtMs: number }>(
  underWay: readonly Entry[],
  { reconcile, isUnderWay, nowMs, isLate }: Asking<Entry>,
): Promise<Corrections<Entry>> {
  const still = underWay.filter(({ updatedAtMs }) => nowMs - updatedAtMs >= stillMs);
  const stillest = still.toSorted((a, b) => a.updatedAtMs - b.updatedAtMs).slice(0, mostAsked);
  const ended: Entry[] = [];
  const unanswered: { entry: Entry; error: unknown }[] = [];
  for (const entry of stillest) {
    if (isLate()) break;
    try {
      const now = await reconcile(entry);
      if (!isUnderWay(now)) ended.push(now);
    } catch (error) {
      unanswered.push({ entry, error });
    }
  }
  return { ended, unanswered };
}
