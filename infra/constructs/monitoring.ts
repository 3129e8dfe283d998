import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { metricNames, metricNamespace, metricService } from "../../functions/metric-names.ts";
import type { Parameters } from "../parameters.ts";
import type { ExecutionEnds } from "./execution-ends.ts";
import type { HttpApi } from "./http-api.ts";
import type { ImportWorkflow } from "./import-workflow.ts";
import type { RunFunctions } from "./run-functions.ts";
import type { RunWorkflow } from "./run-workflow.ts";
import type { SweepWorkflow } from "./sweep-workflow.ts";

export type MonitoringProps = {
  readonly functions: RunFunctions;
  readonly runs: RunWorkflow;
  readonly sweeps: SweepWorkflow;
  readonly imports: ImportWorkflow;
  readonly ends: ExecutionEnds;
  readonly api: HttpApi | undefined;
  readonly parameters: Parameters;
};

/** One alarm for each thing that a person must look at (docs/OPERATIONS.md says what to do), and a dashboard. */
export class Monitoring extends Construct {
  readonly #parameters: Parameters;
  readonly #alarms: IAlarm[] = [];

  constructor(
    scope: Construct,
    id: string,
    { functions, runs, sweeps, imports, ends, api, parameters }: MonitoringProps,
  ) {
    super(scope, id);
    this.#parameters = parameters;
    const segment = functions.segment.function;
    this.#alarm("FailedRuns", "Executions of runs failed: see each run's reason.", runs.machine.metricFailed(sums));
    this.#alarm("TimedOutRuns", "Executions of runs timed out.", runs.machine.metricTimedOut(sums));
    this.#alarm("FailedSweeps", "Sweeps failed: see each sweep's reason.", sweeps.machine.metricFailed(sums));
    this.#alarm("FailedImports", "Imports failed.", imports.machine.metricFailed(sums));
    this.#alarm("Throttles", "Segments wait for Lambda's concurrency.", segment.metricThrottles(sums), { above: 10 });
    this.#alarm("Zombies", "Invocations found their run in other hands.", counted(metricNames.zombiesStopped), {
      above: 5,
    });
    this.#alarm("DeterminismViolations", "A repeat came to another state.", counted(metricNames.determinismViolations));
    this.#alarm(
      "OldestRun",
      `A run has been running for more than ${parameters.oldestRunHours} hours.`,
      counted(metricNames.oldestRunSeconds, Stats.MAXIMUM),
      { above: parameters.oldestRunHours * 3600 },
    );
    this.#alarm(
      "StillRun",
      "A run that is under way has committed nothing for an hour.",
      counted(metricNames.stillRunSeconds, Stats.MAXIMUM),
      { above: 3600 },
    );
    this.#alarm(
      "UndeliveredEnds",
      "The end of an execution could not be written to its run.",
      ends.undelivered.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
    );
    if (api !== undefined)
      this.#alarm("ApiErrors", "The API answered 5xx.", api.api.metricServerError(sums), { above: 5 });

    const dashboard = new Dashboard(this, "Dashboard", { dashboardName: parameters.stackName });
    dashboard.addWidgets(
      graph("Runs", [
        runs.machine.metricStarted(sums),
        runs.machine.metricSucceeded(sums),
        runs.machine.metricFailed(sums),
      ]),
      graph("Bars and segments", [counted(metricNames.bars)], [counted(metricNames.segments)]),
      graph(
        "Runs under way: how many, the oldest and the stillest (seconds)",
        [counted(metricNames.runsUnderWay, Stats.MAXIMUM)],
        [counted(metricNames.oldestRunSeconds, Stats.MAXIMUM), counted(metricNames.stillRunSeconds, Stats.MAXIMUM)],
      ),
    );
    dashboard.addWidgets(
      graph(
        "Checkpoint (bytes, milliseconds)",
        [counted(metricNames.checkpointBytes, Stats.p(95))],
        [counted(metricNames.checkpointMs, Stats.p(95))],
      ),
      graph(
        "Segments in Lambda",
        [segment.metricDuration({ period, statistic: Stats.p(95) })],
        [segment.metricThrottles(sums), segment.metricErrors(sums)],
      ),
      graph("Resumes, zombies, violations", [
        counted(metricNames.resumes),
        counted(metricNames.zombiesStopped),
        counted(metricNames.determinismViolations),
      ]),
    );
  }

  #alarm(id: string, description: string, metric: IMetric, { above }: { above: number } = { above: 0 }): void {
    const alarm = new Alarm(this, id, {
      alarmName: `${this.#parameters.stackName}-${id}`,
      alarmDescription: description,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const { alarmTopicArn } = this.#parameters;
    if (alarmTopicArn !== undefined)
      alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(this, `${id}Topic`, alarmTopicArn)));
    this.#alarms.push(alarm);
  }
}

const period = Duration.minutes(5);
const sums = { period, statistic: Stats.SUM };

/** A metric that the functions count. */
function counted(metricName: string, statistic: string = Stats.SUM): Metric {
  return new Metric({
    namespace: metricNamespace,
    dimensionsMap: { service: metricService },
    metricName,
    statistic,
    period,
  });
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: 8 });
}
