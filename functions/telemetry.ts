import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { StoreClients } from "../lib/stores/aws/clients.ts";
import { metricNamespace, metricService } from "./metric-names.ts";

/** Structured logs, and metrics in the embedded format: both are lines on standard output. */
export const logger = new Logger({ serviceName: metricService });
export const metrics = new Metrics({ namespace: metricNamespace, serviceName: metricService });

/** The clients as they are or, where tracing is on, with each of their calls as a subsegment; elsewhere the tracer, which is slow to load, is left out. */
export async function traced<Clients extends StoreClients>(clients: Clients): Promise<Clients> {
  if (process.env.AWS_XRAY_DAEMON_ADDRESS === undefined) return clients;
  const { Tracer } = await import("@aws-lambda-powertools/tracer");
  const tracer = new Tracer({ serviceName: metricService });
  for (const client of Object.values(clients)) tracer.captureAWSv3Client(client);
  return clients;
}

export { MetricUnit };
