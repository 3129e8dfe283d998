import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { type Fault, type SeenRequest, s3Failure, throttled } from "./fault-proxy.ts";
import type { Fault as InvocationFault } from "./lambda-host/faults.ts";
import type { LocalCloud } from "./local-cloud.ts";

/** How often each kind of fault happened. */
export type FaultCounts = Map<string, number>;

/**
 * Random faults from a seed, from now on: about every fourth segment is killed, doubled, abandoned, refused, or has too little time; about every fiftieth request
 * of a function fails, and one commit in ten loses its process just before or just after it. The seed gives the same draws, not the same
 * timing: processes run side by side.
 */
export function beginFaults(seed: number, { stack, setFaults }: LocalCloud): FaultCounts {
  const random = new RandomGenerator(seedRandom(seed, "faults"));
  const counts: FaultCounts = new Map();
  const segment = stack.functionNames.segment ?? "";
  const counted = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const killed = (): void => {
    if (stack.lambdaHost.killBusy(segment) > 0) counted("process killed at a commit");
  };

  stack.lambdaHost.planFaults(({ functionName }) => {
    if (random.next() > (functionName === segment ? 0.25 : 0.05)) return undefined;
    const fault = drawn(random, invocationFaults)(random);
    counted(`invocation: ${fault.kind}`);
    return fault;
  });
  setFaults({
    dynamodb(request) {
      if (request.operation === "TransactWriteItems" && random.next() < 0.1) return atCommit(random, killed, counted);
      return random.next() < 0.02 ? tell("DynamoDB", drawn(random, dynamoFaults)(random), counted) : undefined;
    },
    s3: (_: SeenRequest) => (random.next() < 0.04 ? tell("S3", drawn(random, s3Faults)(random), counted) : undefined),
  });
  return counts;
}

/** No more faults. */
export function endFaults({ stack, setFaults }: LocalCloud): void {
  stack.lambdaHost.planFaults(undefined);
  setFaults({});
}

type Draw<T> = (random: RandomGenerator) => T;

/** A segment of these tests takes some 30 to 100 ms. */
const invocationFaults: readonly Draw<InvocationFault>[] = [
  () => ({ kind: "throttle" }),
  (random) => ({ kind: "kill", afterMs: random.next() * 80 }),
  () => ({ kind: "loseAnswer" }),
  (random) => ({ kind: "deliverAgain", afterMs: random.next() * 80 }),
  (random) => ({ kind: "abandon", afterMs: random.next() * 80 }),
  (random) => ({ kind: "shortDeadline", ms: 20 + random.next() * 150 }),
];

/** Few are throttled: the SDK then holds its calls back for some seconds. */
const dynamoFaults: readonly Draw<Fault>[] = [
  (random) =>
    random.next() < 0.2
      ? throttled(random.next() < 0.5 ? "ThrottlingException" : "ProvisionedThroughputExceededException")
      : { kind: "resetBefore" },
  () => ({ kind: "resetBefore" }),
  () => ({ kind: "resetAfter" }),
  () => ({ kind: "resetAfter" }),
  (random) => ({ kind: "delay", ms: random.next() * 50 }),
];

const s3Faults: readonly Draw<Fault>[] = [
  () => s3Failure(500),
  () => s3Failure(503),
  () => ({ kind: "resetBefore" }),
  () => ({ kind: "resetAfter" }),
  (random) => ({ kind: "delay", ms: random.next() * 50 }),
  () => ({ kind: "slowBody", pieceBytes: 200_000, pauseMs: 3 }),
  (random) => ({ kind: "cutBody", afterBytes: Math.floor(random.next() * 100_000) }),
];

/** The segment's process dies before its commit reaches the table, or after it did and before the answer comes back. */
function atCommit(random: RandomGenerator, kill: () => void, counted: (name: string) => void): Fault {
  const isBefore = random.next() < 0.5;
  counted(isBefore ? "killed before the commit" : "killed during or after the commit");
  if (isBefore) kill();
  else setTimeout(kill, random.next() * 3);
  return isBefore ? { kind: "resetBefore" } : { kind: "resetAfter" };
}

function tell(service: string, fault: Fault, counted: (name: string) => void): Fault {
  counted(`${service}: ${fault.kind === "answer" ? fault.status : fault.kind}`);
  return fault;
}

function drawn<T>(random: RandomGenerator, choices: readonly T[]): T {
  const choice = choices[Math.floor(random.next() * choices.length)];
  if (choice === undefined) throw new Error("There is nothing to draw from.");
  return choice;
}
