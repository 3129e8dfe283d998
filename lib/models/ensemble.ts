import type { Opinion, Signal } from "./model-output.ts";

/** What several models say together. `routes` of a routed one names, by class of the first model (a regime), which of the others is asked, from 0. */
export type Ensemble =
  | { readonly kind: "mean" }
  | { readonly kind: "vote" }
  | { readonly kind: "routed"; readonly routes: { readonly [regime: string]: number } };

/**
 * One opinion of several. "mean" averages the probabilities of all; "vote" takes the signal that most of them gave, HOLD where two have as many, with the
 * share of its votes as confidence; "routed" takes the opinion of the model for the first one's greatest class, and HOLD where that names none. A model
 * that is missing or failed makes the whole so.
 */
export function combine(ensemble: Ensemble, opinions: readonly (Opinion | "missing")[]): Opinion | "missing" {
  const given: (Opinion & { kind: "opinion" })[] = [];
  for (const opinion of opinions) {
    if (opinion === "missing" || opinion.kind === "fault") return opinion;
    given.push(opinion);
  }
  switch (ensemble.kind) {
    case "mean":
      return meanOf(given);
    case "vote":
      return votesOf(given);
    case "routed":
      return routed(given, ensemble.routes);
  }
}

type Given = Opinion & { kind: "opinion" };

const hold: Given = { kind: "opinion", signal: "HOLD", confidence: 0, probabilities: {}, predictedReturn: null };

function meanOf(opinions: readonly Given[]): Opinion {
  if (opinions.some(({ predictedReturn }) => predictedReturn !== null))
    return { kind: "fault", reason: "a mean is of probabilities; predicted returns have a vote" };
  const names = Object.keys(opinions[0]?.probabilities ?? {});
  const entries = names.map((name): [string, number] => [
    name,
    opinions.reduce((sum, { probabilities }) => sum + (probabilities[name] ?? 0), 0) / opinions.length,
  ]);
  const best = entries.reduce((most, entry) => (entry[1] > most[1] ? entry : most), ["HOLD", 0]);
  const signal: Signal = best[0] === "BUY" || best[0] === "SELL" ? best[0] : "HOLD";
  return {
    kind: "opinion",
    signal,
    confidence: best[1],
    probabilities: Object.fromEntries(entries),
    predictedReturn: null,
  };
}

function votesOf(opinions: readonly Given[]): Opinion {
  const votes = (signal: Signal) => opinions.filter((opinion) => opinion.signal === signal).length;
  const counts = { BUY: votes("BUY"), HOLD: votes("HOLD"), SELL: votes("SELL") };
  const most = Math.max(counts.BUY, counts.HOLD, counts.SELL);
  const leaders = (["BUY", "HOLD", "SELL"] as const).filter((signal) => counts[signal] === most);
  const share = (count: number) => (opinions.length === 0 ? 0 : count / opinions.length);
  return {
    ...hold,
    signal: leaders.length === 1 ? (leaders[0] ?? "HOLD") : "HOLD",
    confidence: share(most),
    probabilities: { BUY: share(counts.BUY), HOLD: share(counts.HOLD), SELL: share(counts.SELL) },
  };
}

function routed([regime, ...others]: readonly Given[], routes: { readonly [regime: string]: number }): Opinion {
  const ranked = Object.entries(regime?.probabilities ?? {});
  const [name] = ranked.reduce((most, entry) => (entry[1] > most[1] ? entry : most), ["", Number.NEGATIVE_INFINITY]);
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  return route === undefined
    ? hold
    : (others[route] ?? { kind: "fault", reason: `there is no model ${route} for the regime ${name}` });
}
