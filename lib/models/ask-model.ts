import type { Column } from "../engine/columns.ts";
import { usableModel } from "./loaded-models.ts";
import { type OpinionColumns, opinionColumns } from "./opinion-columns.ts";

/** The columns of one model for a strategy of one's own: what it says at every bar, and its bare outputs, in its own order, undefined where features are missing. */
export type AskedModel = OpinionColumns & { readonly outputs: readonly Column[] };

/**
 * Asks a model, given by a parameter made with `modelName`, in a strategy's `columns`: `const { status, signal, confidence } = askModel(params.model)`. Its features follow the strategy document
 * that it was trained with. Throws ModelNotLoadedError.
 */
export function askModel(id: string): AskedModel {
  const { columns, metadata, decisions } = usableModel(id);
  const opinion = opinionColumns([{ columns, meaning: metadata.output }], { kind: "mean" }, decisions.rules.edge);
  return { ...opinion, outputs: columns.outputs };
}
