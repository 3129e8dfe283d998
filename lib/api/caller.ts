/** Who asks: keys of requests and uploads are theirs alone. */
export type Caller = { readonly id: string };

/**
 * Tells who asks. `env` is what the place hands over beside the request: API Gateway's event, or the server's connection. Throws ProblemError 401 when nobody
 * is named, and 403 when it is somebody who may not.
 */
export type Identify = (request: Request, env: unknown) => Caller | Promise<Caller>;
