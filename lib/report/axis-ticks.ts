/** A place on an axis, 0 to 1 from its beginning, and what is written there. */
export type Tick = { readonly at: number; readonly text: string };

/** About `count` round numbers between two values; of neighbours that read alike only the first. */
export function valueTicks(min: number, max: number, count: number, textOf: (value: number) => string): Tick[] {
  const step = roundStep((max - min) / count);
  if (!(step > 0)) return [];
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    // 12 digits hide what the product adds to 0.1 × 3.
    const value = Number(((first + i) * step).toPrecision(12));
    return { at: (value - min) / (max - min), text: textOf(value) };
  }).filter(({ text }, i, all) => text !== all[i - 1]?.text);
}

/** The smallest of 1, 2, 5 times a power of ten that is not below `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5, 10].find((digit) => digit * power >= step * (1 - 1e-9)) ?? 10);
}

type TimeStep = { readonly unit: "year" | "month" | "ms"; readonly size: number; readonly aboutMs: number };

const dayMs = 86_400_000;
const step = (unit: TimeStep["unit"], size: number): TimeStep => ({
  unit,
  size,
  aboutMs: size * (unit === "year" ? 365.25 * dayMs : unit === "month" ? 30.4 * dayMs : 1),
});
const timeSteps: readonly TimeStep[] = [
  ...[1, 5, 15, 30].map((minutes) => step("ms", minutes * 60_000)),
  ...[1, 3, 6, 12].map((hours) => step("ms", hours * 3_600_000)),
  ...[1, 2, 7, 14].map((days) => step("ms", days * dayMs)),
  ...[1, 3, 6].map((months) => step("month", months)),
  ...[1, 2, 5, 10, 20, 50, 100].map((years) => step("year", years)),
];

/** At most about `count` beginnings of years, months, days or hours (UTC) between two times. */
export function timeTicks(fromMs: number, toMs: number, count: number): Tick[] {
  if (!(toMs > fromMs)) return [];
  const chosen = timeSteps.find(({ aboutMs }) => (toMs - fromMs) / aboutMs <= count) ?? step("year", 1_000);
  return beginnings(fromMs, toMs, chosen).map((timeMs) => ({
    at: (timeMs - fromMs) / (toMs - fromMs),
    text: tickText(timeMs, chosen),
  }));
}

function beginnings(fromMs: number, toMs: number, { unit, size }: TimeStep): number[] {
  const date = new Date(fromMs);
  const months = unit === "year" ? size * 12 : size;
  const first =
    unit === "ms" ? Math.ceil(fromMs / size) : Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months);
  const timeOf = (k: number) => (unit === "ms" ? k * size : Date.UTC(Math.floor((k * months) / 12), (k * months) % 12));
  const list: number[] = [];
  for (let k = first; timeOf(k) <= toMs; k++) if (timeOf(k) >= fromMs) list.push(timeOf(k));
  return list;
}

function tickText(timeMs: number, { unit, size }: TimeStep): string {
  const text = new Date(timeMs).toISOString();
  if (unit === "year") return text.slice(0, 4);
  if (unit === "month") return text.slice(0, 7);
  return size < dayMs ? text.slice(11, 16) : text.slice(0, 10);
}
