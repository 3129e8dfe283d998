/** How often models were asked and gave no opinion though their features were there, with the first of those bars. */
export type FaultCount = {
  readonly asked: number;
  readonly faults: number;
  readonly first: readonly Fault[];
};

/** A bar at which a model gave no opinion, and why. */
export type Fault = { readonly bar: number; readonly message: string };

/** More inferences failed than the run allows. */
export class InferenceFaultsError extends Error {
  override readonly name = "InferenceFaultsError";
}

/** More are counted, not listed, so that a strategy's state stays bounded. */
const listedFaults = 20;

/** Before this many inferences a share of failed ones says nothing. */
export const leastAsked = 100;

/** The list with one more fault, unless it is full. */
export function listFault(first: readonly Fault[], fault: Fault): readonly Fault[] {
  return first.length < listedFaults ? [...first, fault] : first;
}

/** Throws InferenceFaultsError once, of at least 100 inferences, more than the share `most` (0 to 1) have failed. */
export function requireFewFaults({ asked, faults, first }: FaultCount, most: number): void {
  if (asked < leastAsked || faults / asked <= most) return;
  const example = first[0] === undefined ? "" : ` The first, at bar ${first[0].bar}: ${first[0].message}.`;
  throw new InferenceFaultsError(
    `The model failed at ${faults} of ${asked} bars; at most ${Number((100 * most).toPrecision(12))} % are allowed (maxFaultShare).${example} Check the model with \`backstitch models verify\`.`,
  );
}
