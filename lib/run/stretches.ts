import { ColumnSet } from "../engine/column-set.ts";
import type { Column } from "../engine/columns.ts";
import { type AskedModel, askedModels, restoreColumns, seriesOf, unaskedBefore } from "./asked-models.ts";
import type { OpenedRun, RunStores } from "./opened-run.ts";
import { type BarRange, rowBytes } from "./stored-answers.ts";

/** Where models are asked ahead of a run: in threads, or in functions. */
export type AskingPlace = {
  /** Stretches that are answered at the same time. */
  readonly atOnce: number;
  /** From the request until one has loaded its code and the run. */
  readonly startMs: number;
  /** The longest that one may take. */
  readonly mostMs: number;
  /** The most that the answers may take up. */
  readonly mostBytes: number;
};

/** Milliseconds a bar, for the features and for asking. */
export type AskingCost = { readonly features: number; readonly asking: number };

/** Which stretches of bars are to be asked about before the run goes over them; none where it is faster, or wanted, that the run asks as it goes. */
export type AskingPlan = {
  readonly stretches: readonly BarRange[];
  /** To this bar the choice holds; there it is made again. */
  readonly toBar: number;
};

/** Whether the run asks models, and its spec leaves it open that they are asked ahead. */
export function mayAskAhead({ spec, program }: OpenedRun): boolean {
  return (spec.models?.inference ?? "auto") !== "inline" && askedModels(program).length > 0;
}

/** Measured over so many bars, three times; a run of fewer than four times as many is over before that pays. */
const sampleBars = 8_192;
const leastBars = 4 * sampleBars;

/** Plans from the run's head on: as the spec says, and where it leaves the choice, by what asking costs here. */
export async function planAsking(opened: OpenedRun, place: AskingPlace, stores: RunStores): Promise<AskingPlan> {
  const { headBar, endBar } = opened.run;
  const isWanted = opened.spec.models?.inference === "parallel";
  const asGoes: AskingPlan = { stretches: [], toBar: endBar };
  if (!mayAskAhead(opened) || headBar >= endBar) return asGoes;
  if (!isWanted && endBar - headBar < leastBars) return asGoes;
  const models = askedModels(opened.program);
  const measured = await measure(opened, models, stores);
  // What is wanted is cut as if asking were no small part of the work, so that there is some for each.
  const cost = isWanted ? { ...measured, asking: Math.max(measured.asking, measured.features) } : measured;
  const barBytes = models.reduce((sum, model) => sum + rowBytes(model), 0);
  const stretches = cutStretches({ startBar: headBar, endBar }, cost, place, barBytes);
  const toBar = stretches[stretches.length - 1].endBar;
  return isWanted || isWorthIt(stretches, cost, place) ? { stretches, toBar } : asGoes;
}

/** Stretches end at the ends of inference blocks. */
const blockRows = 1_024;

/**
 * Cuts bars into stretches that end together: each computes the features from the first bar on, so that a later one has fewer bars of its own. There are as many as go at once, if each
 * has at least as long to ask as to start; together they end where the time or the room of the place does.
 */
export function cutStretches(
  { startBar, endBar }: BarRange,
  { features, asking }: AskingCost,
  { atOnce, startMs, mostMs, mostBytes }: AskingPlace,
  barBytes: number,
): readonly BarRange[] {
  const count = Math.max(2, Math.min(atOnce, Math.ceil(((endBar - startBar) * asking) / startMs)));
  // Of a stretch [a, b) of [0, 1): features × b + asking × (b − a) is the same for all.
  const ratio = asking / (features + asking || 1);
  const lengths = Array.from({ length: count }, (_, i) => ratio ** i);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const barMs = features + (asking * ratio ** (count - 1)) / whole;
  const bars = Math.min(
    endBar - startBar,
    Math.max(blockRows, Math.floor(Math.min(mostMs / barMs, mostBytes / barBytes))),
  );
  const toBar = startBar + bars;
  const stretches: BarRange[] = [];
  let from = startBar;
  let share = 0;
  for (const length of lengths) {
    share += length / whole;
    const to = Math.min(toBar, Math.ceil((startBar + share * bars) / blockRows) * blockRows);
    if (to > from) stretches.push({ startBar: from, endBar: to });
    from = Math.max(from, to);
  }
  return from === toBar ? stretches : [...stretches, { startBar: from, endBar: toBar }];
}

/** Whether asking ahead takes less than nine tenths of the time: the stretches compute the features, and the run computes them again. */
export function isWorthIt(
  stretches: readonly BarRange[],
  { features, asking }: AskingCost,
  { atOnce, startMs }: AskingPlace,
): boolean {
  const [first, last] = [stretches[0], stretches[stretches.length - 1]];
  const bars = last.endBar - first.startBar;
  const longestMs = Math.max(
    ...stretches.map(({ startBar, endBar }) => features * (endBar - first.startBar) + asking * (endBar - startBar)),
  );
  return atOnce >= 2 && startMs + longestMs + features * bars < 0.9 * (features + asking) * bars;
}

/** Measured over the next bars, once with asking and once without. */
async function measure(opened: OpenedRun, models: readonly AskedModel[], stores: RunStores): Promise<AskingCost> {
  const { headBar, endBar } = opened.run;
  const bars = await opened.snapshot.read(headBar, Math.min(endBar, headBar + sampleBars));
  const timesOf = async (columns: readonly Extract<Column, { kind: "kernel" }>[]): Promise<number> => {
    const set = new ColumnSet(columns.flatMap(seriesOf), 0);
    await restoreColumns(set, opened, stores);
    const beganMs = performance.now();
    set.compute(bars);
    return (performance.now() - beganMs) / bars.close.length;
  };
  const asked = models.map(({ column }) => column);
  // The first time loads the model and warms the code.
  await timesOf(asked);
  const both = await timesOf(asked);
  const features = await timesOf(models.map((model) => unaskedBefore(model, Number.POSITIVE_INFINITY)));
  return { features, asking: Math.max(0, both - features) };
}
