import { Aws } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { DistributedMap, type IItemReader } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import type { SweepMapName } from "./map-children.ts";
import { SegmentLoop, type SegmentLoopProps } from "./segment-loop.ts";

export type SweepMapProps = {
  /** A part of the names of the map's executions and states. */
  readonly name: SweepMapName;
  readonly bucket: Bucket;
  /** Runs at once. */
  readonly concurrency: number;
  readonly loop: SegmentLoopProps;
};

/** Where the lists of items lie in the bucket, as `openAwsObjectStore` names them. */
export const itemListFolder = "objects/sweeps";

/**
 * A child execution for each run of the list that the state's input names: `{ items: hash }`. One run that fails for good ends the map at once (no failure is tolerated, for
 * a tolerated one could not be redriven), and a redrive goes on with the unsuccessful children only, each at its last step. What the children answer is
 * dropped; the list goes on to the step that counts their successes.
 */
export function sweepMap(scope: Construct, { name, bucket, concurrency, loop }: SweepMapProps): DistributedMap {
  return DistributedMap.jsonata(scope, name, {
    label: name,
    itemReader: itemList(scope, name, bucket),
    maxConcurrency: concurrency,
    outputs: { items: "{% $states.input.items %}" },
  }).itemProcessor(new SegmentLoop(scope, `${name}Loop`, loop).prefixStates(`${name} `));
}

/** The CDK's own reader would let the machine read the whole bucket. */
function itemList(scope: Construct, name: string, bucket: Bucket): IItemReader {
  const resource = `arn:${Aws.PARTITION}:states:::s3:getObject`;
  return {
    bucket: Bucket.fromBucketName(scope, `${name}Lists`, bucket.bucketName),
    resource,
    render: () => ({
      Resource: resource,
      // An array in one document: not every emulator reads JSON lines.
      ReaderConfig: { InputType: "JSON" },
      Arguments: { Bucket: bucket.bucketName, Key: `{% "${itemListFolder}/" & $states.input.items %}` },
    }),
    providePolicyStatements: () => [
      new PolicyStatement({ actions: ["s3:GetObject"], resources: [bucket.arnForObjects(`${itemListFolder}/*`)] }),
    ],
    validateItemReader: () => [],
  };
}
