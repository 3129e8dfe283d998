import type { Metrics } from "../engine/metrics.ts";
import { type Condition, firstBroken } from "./conditions.ts";
import { type Objective, objectiveValue } from "./objective.ts";

/** A lane of a finished window; null metrics: it failed. `lane` is its number in the order of the space. */
export type LaneScore = { readonly lane: number; readonly metrics: Metrics | null };

/** The winners of a window, best first, and what became of the others. */
export type Selection = {
  readonly winners: readonly { readonly lane: number; readonly value: number }[];
  readonly failed: number;
  /** Lanes that each constraint turned away (the first one that a lane breaks counts). */
  readonly excluded: readonly { readonly constraint: string; readonly lanes: number }[];
  /** Lanes that met the constraints but whose objective is null. */
  readonly undefinedObjective: number;
  /** Why there is no winner; undefined when there is one. */
  readonly emptyReason?: string;
};

/** Chooses the best `topK` lanes: constraints first, then the objective, equals in the order of the space. A null objective never wins. */
export function selectBest(
  scores: Iterable<LaneScore>,
  objective: Objective,
  constraints: readonly Condition[],
  topK: number,
): Selection {
  const excluded = new Map(constraints.map((constraint) => [constraint, 0]));
  const ranked: { lane: number; value: number }[] = [];
  let [count, failed, undefinedObjective] = [0, 0, 0];
  for (const { lane, metrics } of scores) {
    count += 1;
    const broken = metrics === null ? undefined : firstBroken(constraints, metrics);
    const value = metrics === null ? null : objectiveValue(objective, metrics);
    if (metrics === null) failed += 1;
    else if (broken !== undefined) excluded.set(broken, (excluded.get(broken) ?? 0) + 1);
    else if (value === null) undefinedObjective += 1;
    else insert(ranked, { lane, value }, objective.direction === "maximise" ? 1 : -1, topK);
  }
  const rest = {
    winners: ranked,
    failed,
    excluded: [...excluded].map(([{ text }, lanes]) => ({ constraint: text, lanes })),
    undefinedObjective,
  };
  return ranked.length > 0 ? rest : { ...rest, emptyReason: emptyReason(count, rest) };
}

/** Keeps the list sorted and at most `topK` long, so that memory does not grow with the lanes. */
function insert(
  ranked: { lane: number; value: number }[],
  score: { lane: number; value: number },
  sign: 1 | -1,
  topK: number,
): void {
  let at = ranked.length;
  while (at > 0) {
    const before = ranked[at - 1] as { lane: number; value: number };
    const gain = sign * (score.value - before.value);
    if (gain < 0 || (gain === 0 && score.lane > before.lane)) break;
    at -= 1;
  }
  if (at >= topK) return;
  ranked.splice(at, 0, score);
  if (ranked.length > topK) ranked.pop();
}

function emptyReason(
  count: number,
  { failed, excluded, undefinedObjective }: Omit<Selection, "winners" | "emptyReason">,
): string {
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...excluded
      .filter(({ lanes }) => lanes > 0)
      .map(({ constraint, lanes }) => `${lanes} did not meet "${constraint}"`),
    ...(undefinedObjective > 0 ? [`for ${undefinedObjective} the objective is undefined`] : []),
  ];
  const advice = failed < count ? "Loosen require, or use longer windows." : "Their failures say why.";
  return `None of ${count} lanes can be chosen: ${parts.join(", ") || "there are none"}. ${advice}`;
}
