import type { JsonValue } from "../../engine/json.ts";
import { stateDifferences } from "../../report/state-differences.ts";
import { loadState } from "../../run/checkpoint.ts";
import { findCheckpoint } from "../../run/find-checkpoint.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf } from "../quantity-text.ts";
import { left, textTable } from "../text-table.ts";

export type DiffFlags = CloudFlags & { readonly limit: number };

/** `checkpoints diff`: where two states differ. Finding differences is no failure. */
export async function diffCheckpoints(
  first: string,
  second: string,
  flags: DiffFlags,
  console: Console,
): Promise<ExitCode> {
  const { limit } = flags;
  const { a, b, differenceCount, differences } = await atPlace<Differences>(flags, {
    local: async ({ stores }) => {
      const [one, other] = [await findCheckpoint(first, stores.runs), await findCheckpoint(second, stores.runs)];
      const all = stateDifferences(await loadState(one, stores.objects), await loadState(other, stores.objects));
      return { a: one, b: other, differenceCount: all.length, differences: all.slice(0, limit) };
    },
    cloud: ({ checkpoints }) => checkpoints.differences(first, second, limit),
  });
  const names = [a, b].map(({ runId, sequence, barIndex }) => `${runId}@${sequence} (bar ${barIndex})`);
  const rows = differences.map(({ path, a: one, b: other }) => [path, shortText(one), shortText(other)]);
  const more =
    differenceCount > differences.length
      ? `\n… and ${countOf(differenceCount - differences.length, "more difference")}: see them with --limit ${differenceCount}`
      : "";
  const text =
    differenceCount === 0
      ? `${names[0]} and ${names[1]} are the same state, ${a.checkpointId}.`
      : `${countOf(differenceCount, "difference")}\n\n${textTable([left("FIELD"), left(names[0] ?? "A"), left(names[1] ?? "B")], rows)}${more}`;
  console.answer(
    { a: a.checkpointId, b: b.checkpointId, equal: differenceCount === 0, differenceCount, differences },
    text,
  );
  return 0;
}

type Place = {
  readonly runId: string;
  readonly sequence: number;
  readonly barIndex: number;
  readonly checkpointId: string;
};
type Differences = {
  readonly a: Place;
  readonly b: Place;
  readonly differenceCount: number;
  readonly differences: readonly {
    readonly path: string;
    readonly a?: JsonValue | undefined;
    readonly b?: JsonValue | undefined;
  }[];
};

function shortText(value: JsonValue | undefined): string {
  const text = value === undefined ? "(absent)" : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
