import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../engine/input-error.ts";

/** What a deployment is called and where it lies, as `deploy` noted it for later commands. */
export type Deployment = z.output<typeof deploymentSchema>;

const deploymentSchema = z.object({
  format: z.literal(1),
  stackName: z.string(),
  region: z.string(),
  account: z.string(),
  /** The profile it was deployed with; absent when none was named. */
  profile: z.string().optional(),
  /** Absent where the API runs as `backstitch serve --cloud`. */
  apiUrl: z.string().optional(),
  bucketName: z.string(),
  tableName: z.string(),
  runStateMachineArn: z.string(),
  /** Absent in the note of a stack that was deployed before there were sweeps. */
  sweepStateMachineArn: z.string().optional(),
  importStateMachineArn: z.string(),
  /** Of the function that computes segments; absent where the stack's own default was taken. */
  memoryMb: z.number().optional(),
  architecture: z.enum(["x86_64", "arm64"]).optional(),
  deployedAtMs: z.number(),
  /** When the stack was removed and its bucket and table were kept. */
  destroyedAtMs: z.number().optional(),
});

/** A note of a deployment that cannot be read. */
export class DeploymentNoteError extends InputError {
  override readonly name = "DeploymentNoteError";
}

/** The deployment noted in this home; undefined when there is none. Throws DeploymentNoteError. */
export async function readDeployment(home: string): Promise<Deployment | undefined> {
  const file = noteIn(home);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = deploymentSchema.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  throw new DeploymentNoteError(
    `${file}: expected what backstitch deploy notes, found ${z.prettifyError(parsed.error)}\nRemove the file and deploy again, or say where the API is with --endpoint-url.`,
  );
}

/** Notes the deployment; returns the file. */
export async function writeDeployment(home: string, deployment: Deployment): Promise<string> {
  const file = noteIn(home);
  const unfinished = `${file}.unfinished-${process.pid}`;
  await mkdir(home, { recursive: true });
  await writeFile(unfinished, `${JSON.stringify(deployment, null, 2)}\n`);
  await rename(unfinished, file);
  return file;
}

export async function forgetDeployment(home: string): Promise<void> {
  await rm(noteIn(home), { force: true });
}

function noteIn(home: string): string {
  return join(home, "cloud.json");
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
