import { type AttemptWork, attemptUsage, type SegmentWork, segmentUsage, sumUsage, type Usage } from "./cost-model.ts";

/** What an estimate starts from: the size of the run, and what a sample of it measured on this machine. */
export type RunShape = {
  readonly bars: number;
  readonly segmentBars: number;
  readonly chunkBars: number;
  readonly memoryMb: number;
  readonly sample: RunSample;
};

/** Measured on the first bars of a run. */
export type RunSample = {
  readonly bars: number;
  readonly barsPerSecond: number;
  readonly stateBytes: number;
  /** Kinds of facts that there were: each is one part a segment. */
  readonly partKinds: number;
  readonly factBytesPerBar: number;
  /** Seconds of the last step for each bar: reading facts back for their digest. */
  readonly finishSecondsPerBar: number;
};

/** What an estimate takes for granted; it says so. */
export const assumptions = {
  /** From this memory on a function has a whole processor, below a share of it; taken to be as fast as this machine's. */
  fullProcessorMb: 1_769,
  /** Billed a segment beside computing: reading the run and its state, committing. */
  overheadSeconds: 0.25,
  /** Between two steps, not billed: the workflow itself. */
  turnSeconds: 0.1,
  /** The first invocation of each function loads its code; a run's later ones find it loaded. */
  coldStartSeconds: 0.5,
  /** Of the 300 seconds that an invocation is given, 20 are kept for its checkpoint. */
  longestSegmentSeconds: 280,
};

export type RunEstimate = {
  readonly segments: number;
  /** Bars of a segment: fewer than asked for when more would not fit into one invocation. */
  readonly segmentBars: number;
  /** From the start to the result, one segment after another. */
  readonly seconds: number;
  readonly finishSeconds: number;
  readonly factBytes: number;
  readonly usage: Usage;
};

/** How a run will be cut, how long it takes and what it uses, if the rest of it is like the sample. */
export function estimateRun({ bars, segmentBars: asked, chunkBars, memoryMb, sample }: RunShape): RunEstimate {
  const { fullProcessorMb, overheadSeconds, turnSeconds, coldStartSeconds, longestSegmentSeconds } = assumptions;
  const share = Math.min(1, memoryMb / fullProcessorMb);
  const barsPerSecond = sample.barsPerSecond * share;
  const fits = Math.max(1, Math.floor((longestSegmentSeconds - overheadSeconds) * barsPerSecond));
  const segmentBars = Math.min(asked, fits, bars);
  const segments = Math.ceil(bars / segmentBars);
  const lastBars = bars - (segments - 1) * segmentBars;

  const work = (count: number): SegmentWork => ({
    seconds: count / barsPerSecond + overheadSeconds,
    memoryMb,
    stateBytes: sample.stateBytes,
    parts: sample.partKinds,
    chunks: Math.ceil(count / chunkBars),
  });
  const finishSeconds = (bars * sample.finishSecondsPerBar) / share + overheadSeconds;
  const attempt: AttemptWork = {
    seconds: overheadSeconds + finishSeconds + 3 * coldStartSeconds,
    memoryMb,
    segments,
    parts: segments * sample.partKinds,
  };
  return {
    segments,
    segmentBars,
    seconds: bars / barsPerSecond + segments * overheadSeconds + attempt.seconds + (segments + 2) * turnSeconds,
    finishSeconds,
    factBytes: bars * sample.factBytesPerBar,
    usage: sumUsage([
      [segmentUsage(work(segmentBars)), segments - 1],
      [segmentUsage(work(lastBars)), 1],
      [attemptUsage(attempt), 1],
    ]),
  };
}
