import { exponential } from "../engine/exponential.ts";

/** e^x / Σ e^x of each logit, by our own exponential so that every processor gives the same bits; all NaN where a logit is not finite. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const probabilities = Float64Array.from(logits);
  let greatest = Number.NEGATIVE_INFINITY;
  for (const logit of probabilities) {
    if (!Number.isFinite(logit)) return probabilities.fill(Number.NaN);
    if (logit > greatest) greatest = logit;
  }
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    // No exponent is above 0, so that nothing overflows.
    probabilities[i] = exponential(probabilities[i] - greatest);
    sum += probabilities[i];
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i] /= sum;
  return probabilities;
}

/** The index of the greatest value, the first of equal ones; −1 of none, or where a value is NaN. */
export function indexOfGreatest(values: ArrayLike<number>): number {
  let best = values.length === 0 ? -1 : 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) return -1;
    if (values[i] > values[best]) best = i;
  }
  return best;
}
