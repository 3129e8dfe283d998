/** A route as the framework holds it: `/runs/:id`; a middleware's path has a star. */
type HeldRoute = { readonly method: string; readonly path: string };

/** The methods that routes of this path have, as an Allow header names them; none when there is no such path. */
export function allowedMethods(path: string, routes: readonly HeldRoute[]): readonly string[] {
  const methods = new Set(routes.filter((route) => isRouteOf(path, route)).map(({ method }) => method));
  // Every GET answers HEAD too.
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

function isRouteOf(path: string, { method, path: pattern }: HeldRoute): boolean {
  if (method === "ALL" || pattern.includes("*")) return false;
  const [found, expected] = [path.split("/"), pattern.split("/")];
  return (
    found.length === expected.length &&
    expected.every((segment, i) => (segment.startsWith(":") ? found[i] !== "" : segment === found[i]))
  );
}
