import { z } from "@hono/zod-openapi";

/** How paths name things. Whatever else stands in a path, as `../`, is refused before anything is looked up. */
export const runReference = z
  .string()
  .max(120)
  .regex(/^[a-z0-9][a-z0-9-]*$/, { message: "expected a run's id, the beginning of one, or latest" })
  .openapi({
    param: { name: "id", in: "path" },
    description: "A run's id, the beginning of one, or `latest`.",
    example: "sp500-sma-1b2c3d4e",
  });

export const sweepReference = z
  .string()
  .max(120)
  .regex(/^[a-z0-9][a-z0-9-]*$/, { message: "expected a sweep's id, the beginning of one, or latest" })
  .openapi({
    param: { name: "id", in: "path" },
    description: "A sweep's id, the beginning of one, or `latest`.",
    example: "sp500-grid-1b2c3d4e5f60",
  });

export const checkpointText = z
  .string()
  .max(140)
  .regex(/^([0-9a-f]{6,64}|[a-z0-9][a-z0-9-]*@[1-9]\d{0,8})$/, {
    message: "expected 6 or more digits of a checkpoint's id, or RUN@SEQUENCE",
  });

export const checkpointReference = checkpointText.openapi({
  param: { name: "id", in: "path" },
  description: "6 or more digits of a checkpoint's id, or `RUN@SEQUENCE`.",
  example: "sp500-sma-1b2c3d4e@3",
});

/** A snapshot's name as this API gives it. */
export const snapshotName = z
  .string()
  .max(100)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, {
    message: "expected up to 100 letters, digits, spaces, dots, dashes or underscores",
  });

export const snapshotReference = snapshotName.openapi({
  param: { name: "name", in: "path" },
  description: "A snapshot's name, or 6 or more digits of its id.",
  example: "sp500",
});

/** A model's name as this API gives it. */
export const modelName = z
  .string()
  .max(100)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u, {
    message: "expected up to 100 letters, digits, dots, dashes or underscores",
  });

export const modelReference = modelName.openapi({
  param: { name: "name", in: "path" },
  description: "A model's name, its id, or 6 or more digits of it.",
  example: "trend",
});

export const uploadReference = z
  .string()
  .regex(/^[0-9a-f-]{16,64}$/, { message: "expected the uploadId of POST /snapshots or POST /models" })
  .openapi({ param: { name: "uploadId", in: "path" } });

/** A date or time as specs write it. */
export const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/, {
    message: "expected a date (2020-04-17) or a time (2020-04-17T09:30:00Z)",
    abort: true,
  })
  .refine((text) => !Number.isNaN(Date.parse(text)), { message: "expected a date that exists" });

const ageUnits: ReadonlyMap<string, number> = new Map([
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

/** An age such as 30d, as milliseconds. */
export const age = z
  .string()
  .regex(/^\d{1,9}[smhdw]$/, { message: "expected an age such as 30d, 12h, 90m or 2w" })
  .transform((text) => Number(text.slice(0, -1)) * (ageUnits.get(text.slice(-1)) ?? 0))
  .openapi({ type: "string", example: "30d" });
