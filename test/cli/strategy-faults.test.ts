import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorkplace, sp500File } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);

beforeAll(async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  mkdirSync(`${place.folder}/mine`);
  place.write("mine/broken.ts", `import { defineStrategy } from "backstitch";\nconst bars = ;\nexport default bars;\n`);
  place.write("broken.yaml", "data: { snapshot: sp500 }\nstrategy: { file: ./mine/broken.ts }\n");
});

const commands: readonly (readonly string[])[] = [
  ["run", "broken.yaml"],
  ["plan", "broken.yaml"],
  ["deploy", "--dry-run", "--strategies", "mine"],
  ["strategies", "show", "./mine/broken.ts"],
];

test.each(commands)("%s %s tells the line of a syntax error in a strategy", async (...command) => {
  const { code, stdout, stderr } = await place.run(...command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /Strategy file \S*mine\/broken\.ts could not be loaded: .* \(line 2: const bars = ;\)\. Correct that line/,
  );
  expect(stderr).not.toContain("    at ");
});

test.each([
  [
    "a syntax error in a file that it imports",
    `import "./mine/broken.ts";`,
    /\(\S*mine\/broken\.ts, line 2: const bars/,
  ],
  [
    "TypeScript that has a meaning at run time",
    "\n\nenum Side { long }",
    /\(line 3: enum Side .* use a union of texts/,
  ],
  ["a package that is not there", `import "no-such-package";`, /'no-such-package'.*Install what it imports/],
  ["code that throws", `\nthrow new Error("no bars");`, /no bars \(line 2: throw new Error/],
])("%s is told", async (_, text, message) => {
  place.write("other.ts", `${text}\n`);
  const { code, stderr } = await place.run("strategies", "show", "./other.ts");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^StrategyInputError: Strategy file \S*other\.ts could not be loaded: /);
  expect(stderr).toMatch(message);
});
