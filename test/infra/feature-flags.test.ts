import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));

test("cdk.json decides on every flag that the CDK recommends, so that it says nothing of them", () => {
  const recommended = Object.keys(read("node_modules/aws-cdk-lib/recommended-feature-flags.json"));
  const { context } = read("cdk.json");
  expect(recommended.filter((flag) => !(flag in context))).toEqual([]);
});
