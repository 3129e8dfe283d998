import { z } from "@hono/zod-openapi";
import type { Caller, Identify } from "./caller.ts";
import { ProblemError } from "./problem.ts";

/** Who may call: accounts, and of those, when any are named, only the principals (ARNs of users and roles, or subjects of tokens). */
export type AllowedCallers = { readonly accounts: readonly string[]; readonly principals: readonly string[] };

const gatewayEnv = z.object({
  rawPath: z.string().default("/"),
  requestContext: z.object({
    authorizer: z
      .object({
        iam: z.object({ accountId: z.string().min(1), userArn: z.string().min(1) }).nullish(),
        jwt: z.object({ claims: z.record(z.string(), z.unknown()) }).nullish(),
      })
      .nullish(),
  }),
});

/** Reads the caller that API Gateway has authenticated, by IAM or by a JWT, from its event (payload 2.0). */
export function gatewayIdentify(allowed: AllowedCallers): Identify {
  return (_request, env) => {
    const parsed = gatewayEnv.safeParse(eventOf(env));
    if (parsed.success) assertPlainPath(parsed.data.rawPath);
    const authorizer = parsed.success ? parsed.data.requestContext.authorizer : undefined;
    if (authorizer?.iam != null) return iamCaller(authorizer.iam, allowed);
    if (authorizer?.jwt != null) return jwtCaller(authorizer.jwt.claims, allowed);
    throw new ProblemError(
      401,
      "not-authenticated",
      "Sign the request (SigV4, service execute-api), or send a bearer token.",
    );
  };
}

/** The gateway has decoded the path: an id such as `..%2fruns` would be followed as a way to another route. */
function assertPlainPath(path: string): void {
  if (!path.split(/[\\/]/).some((segment) => segment === "." || segment === "..")) return;
  throw new ProblemError(400, "invalid-path", "The path has a segment . or .., which names nothing here.");
}

/** Hono's adapter hands over `{ event, requestContext, lambdaContext }`. */
function eventOf(env: unknown): unknown {
  return typeof env === "object" && env !== null && "event" in env ? env.event : env;
}

function iamCaller({ accountId, userArn }: { accountId: string; userArn: string }, allowed: AllowedCallers): Caller {
  const principal = principalOf(userArn);
  if (!allowed.accounts.includes(accountId) || !isListed([userArn, principal], allowed)) throw forbidden(userArn);
  return { id: principal };
}

function jwtCaller(claims: { readonly [name: string]: unknown }, allowed: AllowedCallers): Caller {
  const { sub } = claims;
  if (typeof sub !== "string" || sub === "")
    throw new ProblemError(401, "not-authenticated", 'The token names nobody: expected a claim "sub".');
  if (!isListed([sub], allowed)) throw forbidden(sub);
  return { id: `${String(claims.iss ?? "")}#${sub}` };
}

function isListed(names: readonly string[], { principals }: AllowedCallers): boolean {
  return principals.length === 0 || names.some((name) => principals.includes(name));
}

function forbidden(who: string): ProblemError {
  return new ProblemError(
    403,
    "forbidden",
    `${who} may not use this API. Ask whoever deployed it to name this principal.`,
  );
}

/** The role behind an assumed role's session, so that a person's next session is the same caller; any other ARN as it is. */
function principalOf(arn: string): string {
  const session = /^(arn:[^:]*):sts::(\d+):assumed-role\/([^/]+)\/.*$/.exec(arn);
  return session === null ? arn : `${session[1]}:iam::${session[2]}:role/${session[3]}`;
}
