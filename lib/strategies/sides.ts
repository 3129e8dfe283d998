import { z } from "zod";

/** Which positions a strategy may take. */
export const sides = z.enum(["long", "short", "both"]).describe("Which positions it may take: long, short or both.");
