import { existsSync } from "node:fs";
import { join } from "node:path";

const ric = join(import.meta.dirname, "../servers/node_modules/aws-lambda-ric");
let isTold = false;

/** The arguments of `node` that run a function: AWS's own runtime client or, where it could not be built, a small one of ours. */
export function runtimeCommand(handler: string): readonly string[] {
  if (existsSync(join(ric, "rapid-client.node"))) return [join(ric, "index.mjs"), handler];
  if (!isTold) {
    isTold = true;
    process.stderr.write(
      `aws-lambda-ric is not built in ${ric} (it needs cmake and a C++ compiler): functions run under a small client of the tests' own.\n`,
    );
  }
  return ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "runtime-client.ts"), handler];
}
