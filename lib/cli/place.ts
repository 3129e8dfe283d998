import type { Remote } from "../cloud/remote.ts";
import { InputError } from "../engine/input-error.ts";
import type { CloudFlags } from "./cloud-flags.ts";
import { atHome, type LocalHome } from "./local-home.ts";

/** The two ways to do what a command does: with the stores of this machine, or through the API. Both give the same answer. */
export type Ways<Answer> = {
  readonly local: (home: LocalHome) => Promise<Answer>;
  readonly cloud: (remote: Remote) => Promise<Answer>;
};

/** A flag that needs another one, or has no meaning where the command works. */
export class PlaceError extends InputError {
  override readonly name = "PlaceError";
}

/** Does it the way that the flags ask for. */
export async function atPlace<const Answer>(flags: CloudFlags, { local, cloud }: Ways<Answer>): Promise<Answer> {
  const remote = await remoteFor(flags);
  return remote === undefined ? atHome(local) : cloud(remote);
}

/** The API that the flags ask for, or undefined for this machine. What only the cloud needs is loaded only for it. Throws PlaceError. */
export async function remoteFor(flags: CloudFlags): Promise<Remote | undefined> {
  if (flags.cloud === true) {
    const { openRemote } = await import("./cloud/open-remote.ts");
    return openRemote(flags);
  }
  const lone =
    flags.endpointUrl !== undefined ? "--endpoint-url" : flags.profile !== undefined ? "--profile" : undefined;
  if (lone === undefined) return undefined;
  throw new PlaceError(
    `${lone}: expected --cloud beside it, found a command for this machine. Add --cloud, or leave ${lone} out.`,
  );
}
