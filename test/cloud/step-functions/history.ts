import { Halt } from "./failures.ts";
import type { JsonObject } from "./json.ts";

/** One event of a history; `details` goes out under AWS's name for the details of this type. */
export type HistoryEvent = {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestampMs: number;
  readonly details?: JsonObject | undefined;
};

/** AWS's hard quota of events in one execution's history. */
export const awsHistoryEvents = 25_000;

/** Who writes: each branch of a Parallel or Map chains its own events by `lastEventId`. */
export type Writer = { lastEventId: number };

/**
 * The events of one execution. The last place under the limit belongs to an event that ends the execution: any other
 * throws the Halt that AWS fails such an execution with.
 */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #limit: number;
  readonly #now: () => number;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Appends an event after the writer's last one and returns its id. */
  add(writer: Writer, type: string, details?: JsonObject): number {
    const id = this.events.length + 1;
    if (id >= this.#limit && !endsExecution(type)) {
      throw new Halt(
        "FAILED",
        "States.Runtime",
        `The execution reached the maximum number of history events (${this.#limit}).`,
      );
    }
    this.events.push({ id, previousEventId: writer.lastEventId, type, timestampMs: this.#now(), details });
    writer.lastEventId = id;
    return id;
  }

  /** Appends an event that is only for the reader: where there is no room left, it is left out. */
  note(writer: Writer, type: string, details?: JsonObject): void {
    if (this.events.length + 1 < this.#limit) this.add(writer, type, details);
  }

  /** Whether ExecutionRedriven and one more event no longer fit: AWS asks for fewer than 24,999. */
  get isTooLongToRedrive(): boolean {
    return this.events.length >= this.#limit - 1;
  }
}

/** An event as GetExecutionHistory answers it; without execution data the inputs and outputs are left out. */
export function historyEventDocument(event: HistoryEvent, { withData }: { readonly withData: boolean }): JsonObject {
  const { id, previousEventId, type, timestampMs, details } = event;
  const shown = details !== undefined && !withData ? withoutData(details) : details;
  return {
    id,
    previousEventId,
    type,
    timestamp: timestampMs / 1000,
    ...(shown === undefined ? {} : { [detailsName(type)]: shown }),
  };
}

function endsExecution(type: string): boolean {
  return (
    type === "ExecutionSucceeded" ||
    type === "ExecutionFailed" ||
    type === "ExecutionAborted" ||
    type === "ExecutionTimedOut"
  );
}

function withoutData(details: JsonObject): JsonObject {
  const dataFields = new Set(["input", "output", "parameters", "assignedVariables"]);
  return Object.fromEntries(Object.entries(details).filter(([field]) => !dataFields.has(field)));
}

function detailsName(type: string): string {
  if (type.endsWith("StateEntered")) return "stateEnteredEventDetails";
  if (type.endsWith("StateExited")) return "stateExitedEventDetails";
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}
