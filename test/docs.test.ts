import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { freePort } from "./cloud/free-port.ts";

const root = resolve(import.meta.dirname, "..");
const node = process.execPath;
const cli = join(root, "bin", "backstitch.js");
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The lines of the fenced blocks of one language, without comments. */
function blocks(file: string, language: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] as string);
}

function commands(file: string): string[] {
  return blocks(file, "sh").flatMap((block) =>
    block.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
  );
}

/** A folder as a reader has it: the repository's examples, its packages, and the S&P 500 file. */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  made.push(folder);
  cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "node_modules", "vega-datasets"), join(folder, "node_modules", "vega-datasets"));
  symlinkSync(root, join(folder, "node_modules", "backstitch"));
  copyFileSync(join(root, "node_modules", "vega-datasets", "data", "sp500-2000.csv"), join(folder, "sp500.csv"));
  return folder;
}

/** `npx backstitch …` runs the repository's own command; everything else goes to the shell as it stands. */
function execute(
  line: string,
  folder: string,
  env: NodeJS.ProcessEnv = {},
): { line: string; status: number | null; stderr: string } {
  const command = line.replace(/^npx backstitch /, `"${node}" "${cli}" `);
  const { status, stderr } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, BACKSTITCH_HOME: "", ...env },
  });
  return { line, status, stderr: status === 0 ? "" : stderr };
}

for (const file of ["docs/USAGE.md", "docs/SWEEPS.md", "README.md"]) {
  test(`every command in ${file} works as it stands`, { timeout: 300_000 }, async () => {
    const folder = readersFolder();
    const lines = commands(file).filter((line) => !/^npm (test|run demo(:model)?)$/.test(line));
    expect(lines.length).toBeGreaterThan(3);
    const server = lines.some((line) => line.endsWith("--cloud")) ? await startServer(folder) : undefined;
    try {
      for (const line of lines) expect(execute(line, folder, server?.env)).toEqual({ line, status: 0, stderr: "" });
    } finally {
      server?.stop();
    }
  });
}

/** Lines that need an AWS account, an emulator, or a run that is under way at that moment; other tests have them. */
const needsMore =
  /^(npm ci|aws |docker |npx cdk |npm run test:localstack)|backstitch (deploy|destroy|serve|cancel|resume)/;

for (const file of ["docs/DEPLOY.md", "docs/OPERATIONS.md"]) {
  test(`every command in ${file} that needs no account works against a server of the same API`, {
    timeout: 300_000,
  }, async () => {
    const folder = readersFolder();
    const server = await startServer(folder);
    try {
      const lines = commands(file).filter((line) => !needsMore.test(line));
      expect(lines.length).toBeGreaterThan(1);
      const before = [
        "npx backstitch data import sp500.csv --symbol SP500 --timeframe 1d --name sp500 --cloud",
        "npx backstitch run examples/sp500-sma.yaml --cloud",
      ];
      for (const line of [...before, ...lines])
        expect(execute(line, folder, server.env)).toEqual({ line, status: 0, stderr: "" });
    } finally {
      server.stop();
    }
  });
}

/** `backstitch serve` with a home of its own, and the environment in which `--cloud` means it. */
async function startServer(folder: string): Promise<{ readonly env: NodeJS.ProcessEnv; stop(): void }> {
  const port = await freePort();
  const home = join(folder, "served");
  const child = spawn(node, [cli, "serve", "--port", String(port)], {
    cwd: folder,
    env: { ...process.env, BACKSTITCH_HOME: home },
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  for (let look = 0; look < 200; look++) {
    if (
      await fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    await sleep(50);
  }
  return { env: { BACKSTITCH_API_URL: url, AWS_REGION: "eu-west-1" }, stop: () => void child.kill("SIGKILL") };
}

test("the README's two commands are scripts of the package", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: { [name: string]: string };
  };
  expect(commands("README.md").slice(0, 2)).toEqual(["npm run demo", "npm test"]);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["demo", "test"]));
});

test("the demo kills a worker, resumes, and both digests are equal", { timeout: 120_000 }, () => {
  const output = execFileSync(node, [join(root, "examples", "demo.ts")], { encoding: "utf8", cwd: root });
  expect(output).toContain("ended by SIGKILL");
  expect(output).toContain("equal, bit for bit");
});

test("the README's spec is the example's", () => {
  const [spec = ""] = blocks("README.md", "yaml");
  const example = readFileSync(join(root, "examples", "sp500-sma.yaml"), "utf8");
  for (const line of [
    "strategy: { name: sma-cross, params: { fast: 10, slow: 30 } }",
    "checkpoint: { everyBars: 250, keep: 3 }",
  ]) {
    expect(spec).toContain(line);
    expect(example).toContain(line);
  }
});

test("the code in README and USAGE runs", { timeout: 120_000 }, () => {
  const folder = readersFolder();
  const programs = [...blocks("README.md", "ts"), ...blocks("docs/USAGE.md", "ts")].filter((code) =>
    code.includes("runBacktest"),
  );
  expect(programs).toHaveLength(2);
  programs.forEach((code, i) => {
    const file = join(folder, `program-${i}.ts`);
    const register = `import { linkOwnPackage } from ${JSON.stringify(join(root, "lib", "strategies", "own-package.ts"))};\nlinkOwnPackage();\n`;
    writeFileSync(join(folder, "register.ts"), register);
    writeFileSync(file, code);
    execFileSync(node, ["--import", join(folder, "register.ts"), file], { cwd: folder, encoding: "utf8" });
  });
});

test("the example in code runs", { timeout: 60_000 }, () => {
  const args = ["--import", join(root, "scripts", "link-own-package.js"), join(root, "examples", "in-code.ts")];
  expect(execFileSync(node, args, { encoding: "utf8", cwd: root })).toMatch(/^43 trades, total return 15\.5 %/);
});

test("the README's own strategy is one that loads", { timeout: 60_000 }, () => {
  const folder = readersFolder();
  const code = blocks("README.md", "ts").find((block) => block.includes("defineStrategy")) ?? "";
  writeFileSync(join(folder, "mine.ts"), code);
  writeFileSync(
    join(folder, "mine.yaml"),
    "data: { snapshot: sp500 }\nstrategy: { file: ./mine.ts, params: { length: 3 } }\n",
  );
  const lines = ["npx backstitch data import sp500.csv --symbol SP500 --timeframe 1d", "npx backstitch run mine.yaml"];
  for (const line of lines) expect(execute(line, folder)).toEqual({ line, status: 0, stderr: "" });
});
