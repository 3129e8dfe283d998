import { IANAZone } from "luxon";
import { BarsInputError } from "./bars-input-error.ts";

const dayMs = 86_400_000;

/** The instants, UTC ms in ascending order, at which a zone's wall clock shows a reading: none, one or two. */
export type LocalClock = (wallMs: number) => readonly number[];

/** The clock of an IANA time zone; throws BarsInputError naming the nearest zones when there is none of this name. */
export function localClock(timeZone: string): LocalClock {
  if (!IANAZone.isValidZone(timeZone)) throw unknownZone(timeZone);
  const zone = IANAZone.create(timeZone);
  // Nearly every row of a file lies in the day of the row before, and nearly every day has one offset.
  let day = Number.NaN;
  let dayOffsetMs: number | undefined;
  const one = [0];
  return (wallMs) => {
    const ofDay = Math.floor(wallMs / dayMs);
    if (ofDay !== day) {
      day = ofDay;
      const offsets = [-1, 0, 1, 2].map((shift) => zone.offset((ofDay + shift) * dayMs) * 60_000);
      dayOffsetMs = offsets.every((offset) => offset === offsets[0]) ? offsets[0] : undefined;
    }
    if (dayOffsetMs !== undefined) {
      one[0] = wallMs - dayOffsetMs;
      return one;
    }
    const offsets = new Set([zone.offset(wallMs - dayMs) * 60_000, zone.offset(wallMs + dayMs) * 60_000]);
    const instants = [...offsets].map((offset) => wallMs - offset);
    return instants.filter((instant) => instant + zone.offset(instant) * 60_000 === wallMs).sort((a, b) => a - b);
  };
}

/** The calendar day, as a number of days, that a zone's wall clock shows at an instant. */
export function localDay(timeZone: string, instantMs: number): number {
  return Math.floor((instantMs + IANAZone.create(timeZone).offset(instantMs) * 60_000) / dayMs);
}

function unknownZone(timeZone: string): BarsInputError {
  const wanted = timeZone.toLowerCase();
  const city = wanted.slice(wanted.lastIndexOf("/") + 1).replaceAll(" ", "_");
  const near = Intl.supportedValuesOf("timeZone")
    .map((name) => ({ name, distance: distanceTo(name.toLowerCase(), wanted, city) }))
    .filter((candidate) => candidate.distance <= 3)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map((candidate) => candidate.name);
  const hint =
    near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : " Give one like America/New_York, Europe/Berlin or UTC.";
  return new BarsInputError(`--timezone "${timeZone}": expected an IANA time zone, found none of this name.${hint}`);
}

function distanceTo(name: string, wanted: string, city: string): number {
  const nameCity = name.slice(name.lastIndexOf("/") + 1);
  if (nameCity === city) return 0;
  return Math.min(editDistance(name, wanted), editDistance(nameCity, city));
}

/** Levenshtein's distance: insertions, deletions and substitutions that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
