import type { Timeframe } from "../engine/timeframe.ts";

/** One input of a model as a strategy lists it: every membership of a fuzzy set, or an indicator's own value, at these timeframes. */
export type FeatureInput =
  | { readonly kind: "fuzzy"; readonly fuzzySet: string; readonly timeframes: "all" | readonly Timeframe[] }
  | { readonly kind: "raw"; readonly indicator: string; readonly timeframes: "all" | readonly Timeframe[] };

/** One feature: its name, and what it is the value of. */
export type FeaturePlace =
  | {
      readonly kind: "fuzzy";
      readonly name: string;
      readonly timeframe: Timeframe;
      readonly fuzzySet: string;
      readonly membership: string;
    }
  | { readonly kind: "raw"; readonly name: string; readonly timeframe: Timeframe; readonly indicator: string };

/**
 * The features in their canonical order: inputs as listed, then timeframes as listed ("all" are the strategy's, in its order), then memberships in
 * the file's order. Named 1h_rsi_oversold and 4h_bb.middle_raw.
 */
export function featurePlaces(
  inputs: readonly FeatureInput[],
  timeframes: readonly Timeframe[],
  membershipsOf: (fuzzySet: string) => readonly string[],
): readonly FeaturePlace[] {
  return inputs.flatMap((input) =>
    (input.timeframes === "all" ? timeframes : input.timeframes).flatMap((timeframe): FeaturePlace[] => {
      if (input.kind === "raw") {
        const { indicator } = input;
        return [{ kind: "raw", name: `${timeframe}_${indicator}_raw`, timeframe, indicator }];
      }
      const { fuzzySet } = input;
      return membershipsOf(fuzzySet).map((membership) => ({
        kind: "fuzzy",
        name: `${timeframe}_${fuzzySet}_${membership}`,
        timeframe,
        fuzzySet,
        membership,
      }));
    }),
  );
}
