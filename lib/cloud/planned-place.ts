import { functionHost } from "../run/function-host.ts";
import { assumptions } from "./estimate-run.ts";
import type { Architecture } from "./prices.ts";

/** Where something would be computed on AWS, and whose prices are asked. */
export type PlannedPlace = {
  readonly region: string;
  readonly memoryMb: number;
  readonly architecture: Architecture;
};

/** What is planned for where nothing else is known. */
export const usualPlace: PlannedPlace = { region: "us-east-1", memoryMb: 1_769, architecture: "x86_64" };

/** Where this process runs, where it is a function of AWS. */
export function placeHere(): PlannedPlace {
  return functionHost(process.env, process.arch) ?? usualPlace;
}

/** Where a speed was measured, for a person, and which share of a processor that place has. */
export type MeasuredOn = { readonly text: string; readonly share: number };

/** This process: the Lambda function that it is, or a machine with this name. A function below a certain memory has a share of a processor only. */
export function measuredHere(machine: string): MeasuredOn {
  const host = functionHost(process.env, process.arch);
  if (host === undefined) return { text: machine, share: 1 };
  const { memoryMb, architecture } = host;
  const share = Math.min(1, memoryMb / assumptions.fullProcessorMb);
  return {
    text: `the function of the API (${memoryMb} MB, ${architecture})${share < 1 ? ", as of a whole processor" : ""}`,
    share,
  };
}

/** A sample as a whole processor would have given it. */
export function ofWholeProcessor<
  Sample extends { readonly barsPerSecond: number; readonly finishSecondsPerBar: number },
>(sample: Sample, { share }: MeasuredOn): Sample {
  const { barsPerSecond, finishSecondsPerBar } = sample;
  return { ...sample, barsPerSecond: barsPerSecond / share, finishSecondsPerBar: finishSecondsPerBar * share };
}
