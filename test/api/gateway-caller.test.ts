import { expect, test } from "vitest";
import { gatewayIdentify } from "../../lib/api/gateway-caller.ts";
import { ProblemError } from "../../lib/api/problem.ts";

const account = "111122223333";
const ann = `arn:aws:iam::${account}:user/ann`;
const request = new Request("https://api.example/runs");

function iam(userArn: string, accountId = account): object {
  return { event: { requestContext: { authorizer: { iam: { accountId, userArn } } } } };
}

function jwt(claims: object): object {
  return { event: { requestContext: { authorizer: { jwt: { claims } } } } };
}

async function outcome(env: object, principals: readonly string[] = []): Promise<string | number> {
  try {
    return (await gatewayIdentify({ accounts: [account], principals })(request, env)).id;
  } catch (error) {
    return error instanceof ProblemError ? error.status : String(error);
  }
}

test("a principal of the account is known by its ARN", async () => {
  expect(await outcome(iam(ann))).toBe(ann);
});

test("the sessions of a role are one caller", async () => {
  const role = `arn:aws:iam::${account}:role/research`;
  expect(await outcome(iam(`arn:aws:sts::${account}:assumed-role/research/monday`))).toBe(role);
  expect(await outcome(iam(`arn:aws:sts::${account}:assumed-role/research/friday`), [role])).toBe(role);
});

test("a request that the gateway names nobody for is not answered", async () => {
  for (const env of [
    {},
    { event: {} },
    { event: { requestContext: {} } },
    { event: { requestContext: { authorizer: { iam: {} } } } },
  ])
    expect(await outcome(env)).toBe(401);
});

test("another account is forbidden, whatever principals are named", async () => {
  const other = "arn:aws:iam::444455556666:user/ann";
  expect(await outcome(iam(other, "444455556666"))).toBe(403);
  expect(await outcome(iam(other, "444455556666"), [other])).toBe(403);
});

test("a principal that is not named is forbidden where some are", async () => {
  expect(await outcome(iam(ann), [ann])).toBe(ann);
  expect(await outcome(iam(`arn:aws:iam::${account}:user/bob`), [ann])).toBe(403);
});

test("a token's subject is the caller, and one without is nobody", async () => {
  expect(await outcome(jwt({ iss: "https://login.example", sub: "ann" }))).toBe("https://login.example#ann");
  expect(await outcome(jwt({ iss: "https://login.example" }))).toBe(401);
  expect(await outcome(jwt({ sub: "bob" }), ["ann"])).toBe(403);
});
