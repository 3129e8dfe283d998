/** Whether a strategy's features are a model's: equal, equal but for some that the model does not read, or different, with both lists side by side. */
export type FeatureAgreement =
  | { readonly kind: "equal" }
  | { readonly kind: "extras"; readonly extras: readonly string[] }
  | { readonly kind: "different"; readonly table: string };

/** Compares the features that a strategy computes with those that a model was trained on. Their order counts: it is the order of the model's inputs. */
export function compareFeatures(strategy: readonly string[], model: readonly string[]): FeatureAgreement {
  const extras = strategy.filter((name) => !model.includes(name));
  const shared = strategy.filter((name) => model.includes(name));
  const isSame = shared.length === model.length && shared.every((name, i) => name === model[i]);
  if (!isSame) return { kind: "different", table: sideBySide(strategy, model) };
  return extras.length === 0 ? { kind: "equal" } : { kind: "extras", extras };
}

function sideBySide(strategy: readonly string[], model: readonly string[]): string {
  const count = Math.max(strategy.length, model.length);
  const cells = (names: readonly string[], title: string) => [
    title,
    ...names,
    ...new Array<string>(count - names.length).fill("—"),
  ];
  const left = cells(strategy, "strategy");
  const right = cells(model, "model");
  const width = Math.max(...left.map((cell) => cell.length));
  return left
    .map(
      (cell, i) =>
        `${String(i === 0 ? "#" : i).padStart(4)}  ${cell.padEnd(width)}  ${i > 0 && cell !== right[i] ? "≠" : " "} ${right[i]}`,
    )
    .join("\n");
}
