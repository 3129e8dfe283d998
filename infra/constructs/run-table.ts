import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { tableIndexes, tableKeys, ttlAttribute } from "../../lib/stores/aws/table.ts";

/** The one table of runs, checkpoints, segments and snapshots, as `lib/stores/aws` lays it out. It outlives the stack. */
export class RunTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Table and not TableV2: a global table of one region adds nothing, and most emulators know only AWS::DynamoDB::Table.
    this.table = new Table(this, "Table", {
      partitionKey: text(tableKeys.partition),
      sortKey: text(tableKeys.sort),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: ttlAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const [indexName, keys] of Object.entries(tableIndexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(keys.partition),
        sortKey: text(keys.sort),
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}
