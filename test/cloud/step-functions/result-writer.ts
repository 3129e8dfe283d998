import { randomUUID } from "node:crypto";
import type { ResultWriter } from "./definition.ts";
import type { Execution } from "./execution.ts";
import { StateError } from "./failures.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "./json.ts";
import type { MapRun } from "./map-run.ts";
import { evaluateField, fieldError, type Run } from "./run.ts";
import { putText } from "./s3-task.ts";

/**
 * The result of a map run: without a place to write to, the children's outputs in the order of the items; with one, the
 * results are written below `<prefix>/<id of the map run>/`, and the result names the manifest.
 */
export async function writeResults(
  run: Run,
  { writer, mapRun }: { readonly writer: ResultWriter | undefined; readonly mapRun: MapRun },
): Promise<Json> {
  const transformation = writer?.transformation ?? "COMPACT";
  const children = mapRun.items.flatMap(({ execution }) => (execution === undefined ? [] : [execution]));
  if (writer?.arguments === undefined) {
    const isShown = writer !== undefined && transformation === "NONE";
    return isShown ? children.map(childDocument) : transformed(children, transformation);
  }
  const place = await evaluateField(run, writer.arguments, "ResultWriter/Arguments");
  if (!isJsonObject(place) || typeof place.Bucket !== "string") {
    throw fieldError(run, "ResultWriter/Arguments", "has to name a Bucket");
  }
  const bucket = place.Bucket;
  const id = mapRun.arn.split(":").at(-1) ?? randomUUID();
  const folder = typeof place.Prefix === "string" && place.Prefix !== "" ? `${place.Prefix}/${id}` : id;
  const put = async (key: string, body: string): Promise<JsonObject> => {
    try {
      await putText(run.account, { bucket, key, body });
      return { Key: key, Size: Buffer.byteLength(body) };
    } catch (error) {
      throw new StateError("States.ResultWriterFailed", error instanceof Error ? error.message : String(error));
    }
  };
  const files: Record<string, Json> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const [kind, members] of Object.entries(byOutcome(children))) {
    if (members.length === 0) continue;
    const isRaw = kind !== "SUCCEEDED" || transformation === "NONE";
    const values = isRaw ? members.map(childDocument) : transformed(members, transformation);
    const isLines = writer.outputType === "JSONL";
    const body = isLines ? values.map((value) => JSON.stringify(value)).join("\n") : JSON.stringify(values);
    files[kind] = [await put(`${folder}/${kind}_0.${isLines ? "jsonl" : "json"}`, body)];
  }
  const key = `${folder}/manifest.json`;
  await put(key, JSON.stringify({ DestinationBucket: bucket, MapRunArn: mapRun.arn, ResultFiles: files }));
  mapRun.resultsWritten = children.length;
  return { MapRunArn: mapRun.arn, ResultWriterDetails: { Bucket: bucket, Key: key } };
}

function byOutcome(children: readonly Execution[]): Readonly<Record<string, readonly Execution[]>> {
  const succeeded = children.filter(({ status }) => status === "SUCCEEDED");
  return { SUCCEEDED: succeeded, FAILED: children.filter((child) => !succeeded.includes(child)) };
}

function transformed(children: readonly Execution[], transformation: ResultWriter["transformation"]): Json[] {
  const outputs = children.map((child) =>
    child.outputText === undefined
      ? { Error: child.error ?? "", Cause: child.cause ?? "" }
      : (parseJson(child.outputText) ?? null),
  );
  if (transformation !== "FLATTEN") return outputs;
  return outputs.flatMap((output): readonly Json[] => (Array.isArray(output) ? output : [output]));
}

function childDocument(child: Execution): JsonObject {
  const { outputText, error, cause, stopDateMs } = child;
  return {
    ExecutionArn: child.arn,
    Input: child.inputText,
    InputDetails: { Included: true },
    Name: child.name,
    ...(outputText === undefined ? {} : { Output: outputText, OutputDetails: { Included: true } }),
    ...(error === undefined ? {} : { Error: error }),
    ...(cause === undefined ? {} : { Cause: cause }),
    RedriveCount: child.redriveCount,
    StartDate: new Date(child.startDateMs).toISOString(),
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    ...(stopDateMs === undefined ? {} : { StopDate: new Date(stopDateMs).toISOString() }),
  };
}
