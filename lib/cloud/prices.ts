import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";

/** List prices in US dollars, before any free tier, discount or tax. */
export type Prices = {
  readonly lambdaRequest: number;
  readonly lambdaGbSecond: { readonly x86_64: number; readonly arm64: number };
  readonly stateTransition: number;
  readonly dynamodbWriteUnit: number;
  readonly dynamodbReadUnit: number;
  readonly dynamodbGbMonth: number;
  readonly s3Put: number;
  readonly s3Get: number;
  readonly s3GbMonth: number;
  readonly httpApiRequest: number;
};

export type Architecture = keyof Prices["lambdaGbSecond"];

/** The day of the table. */
export const pricesDate = "2026-11-21";

/** Where the prices stand; each service's own page is what counts. */
export const priceSources: readonly string[] = [
  "https://aws.amazon.com/lambda/pricing/",
  "https://aws.amazon.com/step-functions/pricing/",
  "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  "https://aws.amazon.com/s3/pricing/",
  "https://aws.amazon.com/api-gateway/pricing/",
];

/**
 * First tier of each service: Lambda up to 6 billion GB-seconds a month (x86_64; arm64 7.5 billion), S3 up to 50 TB, HTTP API up to 300 million requests.
 *
 * How each was checked on `pricesDate`. On the service's own page, as stored by a public archive: state transitions (N. Virginia, Ohio and Oregon alike).
 * Agreed on by several public write-ups for N. Virginia, since the own page fills its tables in the browser: Lambda (2024 and later), DynamoDB (2025, after
 * the cut of November 2024), S3 (2024 and later), HTTP API (May 2025 and later).
 */
const usEast1: Prices = {
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
  stateTransition: 0.025 / 1e3,
  dynamodbWriteUnit: 0.625 / 1e6,
  dynamodbReadUnit: 0.125 / 1e6,
  dynamodbGbMonth: 0.25,
  s3Put: 0.005 / 1e3,
  s3Get: 0.0004 / 1e3,
  s3GbMonth: 0.023,
  httpApiRequest: 1 / 1e6,
};

/** Ohio and Oregon ask what N. Virginia does: checked for state transitions, from memory for the rest. */
const pricesByRegion: ReadonlyMap<string, Prices> = new Map([
  ["us-east-1", usEast1],
  ["us-east-2", usEast1],
  ["us-west-2", usEast1],
]);

/** A region whose prices are not in the table. */
export class UnknownRegionPricesError extends InputError {
  override readonly name = "UnknownRegionPricesError";
}

/** The list prices of a region. Throws UnknownRegionPricesError naming the regions that there are prices of. */
export function pricesOf(region: string): Prices {
  const prices = knownPrices(region);
  if (prices !== undefined) return prices;
  const regions = [...pricesByRegion.keys()];
  const near = closest(region, regions);
  throw new UnknownRegionPricesError(
    `--region ${region}: expected a region with prices in the table of ${pricesDate} (${regions.join(", ")})${near === undefined ? "" : `; did you mean ${near}`}. For a figure of the right size use us-east-1; the services' own pages have the rest.`,
  );
}

/** The same, or undefined for a region that is not in the table. */
export function knownPrices(region: string): Prices | undefined {
  return pricesByRegion.get(region);
}
