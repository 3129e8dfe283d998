/** How often a model gave no opinion though its features were there, with the first of those bars: bounded, and JSON, so that it fits a strategy's state. */
export type FaultCount = {
  readonly asked: number;
  readonly faults: number;
  readonly first: readonly { readonly bar: number; readonly message: string }[];
};

/** More inferences failed than the run allows. */
export class InferenceFaultsError extends Error {
  override readonly name = "InferenceFaultsError";
}

export const noFaults: FaultCount = { asked: 0, faults: 0, first: [] };

const keptFaults = 20;
/** Before this many inferences a share says nothing. */
const leastAsked = 100;

/** The count after one more inference; `fault` is why it failed, or undefined. */
export function countInference(count: FaultCount, bar: number, fault: string | undefined): FaultCount {
  if (fault === undefined) return { ...count, asked: count.asked + 1 };
  const first = count.first.length < keptFaults ? [...count.first, { bar, message: fault }] : count.first;
  return { asked: count.asked + 1, faults: count.faults + 1, first };
}

/** Throws InferenceFaultsError once, of at least 100 inferences, more than the share `most` (0 to 1) have failed. */
export function requireFewFaults({ asked, faults, first }: FaultCount, most: number): void {
  if (asked < leastAsked || faults <= most * asked) return;
  const example = first[0] === undefined ? "" : ` The first, at bar ${first[0].bar}: ${first[0].message}.`;
  throw new InferenceFaultsError(
    `The model failed at ${faults} of ${asked} bars; at most ${100 * most} % are allowed.${example} Check the model with \`backstitch models verify\`.`,
  );
}
