import type { JsonValue } from "../../engine/json.ts";
import { stateDifferences } from "../../report/state-differences.ts";
import { loadState } from "../../run/checkpoint.ts";
import { findCheckpoint } from "../../run/find-checkpoint.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf } from "../quantity-text.ts";
import { left, textTable } from "../text-table.ts";

export type DiffFlags = { readonly limit: number };

/** `checkpoints diff`: where two states differ. Finding differences is no failure. */
export function diffCheckpoints(first: string, second: string, flags: DiffFlags, console: Console): Promise<ExitCode> {
  return atHome(async ({ stores }) => {
    const [a, b] = [await findCheckpoint(first, stores.runs), await findCheckpoint(second, stores.runs)];
    const [stateA, stateB] = [await loadState(a, stores.objects), await loadState(b, stores.objects)];
    const all = stateDifferences(stateA, stateB);
    const shown = all.slice(0, flags.limit);
    const names = [a, b].map(({ runId, sequence, barIndex }) => `${runId}@${sequence} (bar ${barIndex})`);
    const rows = shown.map(({ path, a: left, b: right }) => [path, shortText(left), shortText(right)]);
    const more =
      all.length > shown.length
        ? `\n… and ${countOf(all.length - shown.length, "more difference")}: see them with --limit ${all.length}`
        : "";
    const text =
      all.length === 0
        ? `${names[0]} and ${names[1]} are the same state, ${a.checkpointId}.`
        : `${countOf(all.length, "difference")}\n\n${textTable([left("FIELD"), left(names[0] ?? "A"), left(names[1] ?? "B")], rows)}${more}`;
    console.answer(
      {
        a: a.checkpointId,
        b: b.checkpointId,
        equal: all.length === 0,
        differenceCount: all.length,
        differences: shown,
      },
      text,
    );
    return 0;
  });
}

function shortText(value: JsonValue | undefined): string {
  const text = value === undefined ? "(absent)" : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
