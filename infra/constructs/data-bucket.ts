import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge, acknowledgeUnder } from "./acknowledge.ts";

/**
 * Snapshots, parts, states and results under `objects/`, what is being imported under `uploads/`. The bucket outlives the stack. Objects are
 * named by their content and never change, so a version is only kept against a deletion by mistake.
 */
export class DataBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: "unfinished-uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // An import removes what it has read; this removes what was uploaded and never imported.
        {
          id: "uploads",
          prefix: "uploads/",
          expiration: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(1),
        },
        { id: "deleted-objects", noncurrentVersionExpiration: Duration.days(30) },
        { id: "delete-markers", expiredObjectDeleteMarker: true },
      ],
    });
    acknowledge(
      this.bucket,
      "AwsSolutions-S1",
      "Objects are named by their content and written by this stack's functions only; who must audit reads turns on CloudTrail data events, which name the caller.",
    );
    for (const folder of ["objects", "uploads"]) {
      acknowledgeUnder(
        this.bucket,
        `/${folder}/*`,
        "Objects have no other names than their folder's and their content's.",
      );
    }
  }
}
