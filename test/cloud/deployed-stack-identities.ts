import type { Identity, Place, StackTemplate } from "./deployed-stack-intrinsics.ts";

/** Resources that mean nothing on the local servers: who may do what, what is logged, measured and shown, and the gateway, which a front of the tests stands for. */
const withoutLocalMeaning = new Set([
  "AWS::ApiGatewayV2::Api",
  "AWS::ApiGatewayV2::Authorizer",
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::ApiGatewayV2::Stage",
  "AWS::CloudWatch::Alarm",
  "AWS::CloudWatch::Dashboard",
  "AWS::IAM::Policy",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Permission",
  "AWS::Logs::LogGroup",
  "AWS::S3::BucketPolicy",
  "AWS::SQS::QueuePolicy",
]);

/**
 * Names and ARNs of all resources, as CloudFormation would choose them, before any exists: so that resources may refer to each other in any order. Throws
 * an Error that names a type of resource that is not known here.
 */
export function identitiesOf(
  { Resources }: StackTemplate,
  stackName: string,
  place: Place,
): ReadonlyMap<string, Identity> {
  return new Map(
    Object.entries(Resources).map(([logicalId, { Type, Properties }]) => {
      const given = nameProperties.map((property) => Properties?.[property]).find((name) => typeof name === "string");
      const name = typeof given === "string" ? given : `${stackName}-${logicalId}`;
      return [logicalId, identityOf(Type, name, place)];
    }),
  );
}

const nameProperties = ["BucketName", "TableName", "FunctionName", "StateMachineName", "LogGroupName", "QueueName"];

function identityOf(type: string, name: string, { partition, region, account }: Place): Identity {
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  switch (type) {
    case "AWS::S3::Bucket": {
      const bucketName = name.toLowerCase();
      return { ref: bucketName, attributes: { Arn: `arn:${partition}:s3:::${bucketName}` } };
    }
    case "AWS::DynamoDB::Table":
      return { ref: name, attributes: { Arn: arn("dynamodb", `table/${name}`) } };
    case "AWS::Lambda::Function":
      return { ref: name, attributes: { Arn: arn("lambda", `function:${name}`) } };
    case "AWS::StepFunctions::StateMachine": {
      const machineArn = arn("states", `stateMachine:${name}`);
      return { ref: machineArn, attributes: { Arn: machineArn, Name: name } };
    }
    case "AWS::SQS::Queue":
      return {
        ref: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
        attributes: { Arn: arn("sqs", name), QueueName: name },
      };
    case "AWS::IAM::Role":
      return { ref: name, attributes: { Arn: `arn:${partition}:iam::${account}:role/${name}` } };
    case "AWS::Events::Rule":
      return { ref: name, attributes: { Arn: arn("events", `rule/${name}`) } };
    default:
      if (!withoutLocalMeaning.has(type)) {
        throw new Error(
          `The template has a resource of type ${type}, which this deployment does not know: say what it means locally.`,
        );
      }
      return { ref: name, attributes: { Arn: arn("local", name) } };
  }
}
