import type { BarContext } from "../engine/strategy.ts";

/** Follows a signal: leaves a position against it and enters with it, where the allowed sides let it. */
export function turnWith(
  bar: BarContext<{ readonly side: "long" | "short" | "both" }, never, unknown>,
  up: boolean,
): void {
  const { position } = bar;
  if (position !== 0) {
    if (position > 0 === up) return;
    bar.closePosition();
  }
  if (up && bar.params.side !== "short") bar.buy();
  if (!up && bar.params.side !== "long") bar.sell();
}
