import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";
import { awsClients } from "../lib/stores/aws/clients.ts";
import { metricNamespace, metricService } from "./metric-names.ts";

/** Structured logs, and metrics in the embedded format: both are lines on standard output. */
export const logger = new Logger({ serviceName: metricService });
export const metrics = new Metrics({ namespace: metricNamespace, serviceName: metricService });

const tracer = new Tracer({ serviceName: metricService });

/** The clients of a function; each of their calls is a subsegment where tracing is on. */
export function tracedClients(): ReturnType<typeof awsClients> {
  const { dynamodb, s3, sfn } = awsClients();
  return {
    dynamodb: tracer.captureAWSv3Client(dynamodb),
    s3: tracer.captureAWSv3Client(s3),
    sfn: tracer.captureAWSv3Client(sfn),
  };
}

export { MetricUnit };
