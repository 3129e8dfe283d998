/**
 * What the numbers mean: raised when any number of a golden result moves. A run never mixes two.
 */
export const engineVersion = 1;
