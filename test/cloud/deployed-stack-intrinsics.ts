export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The parts of a synthesized template that deploying it needs. */
export type StackTemplate = {
  readonly Resources: { readonly [logicalId: string]: StackResource };
  readonly Outputs?: { readonly [name: string]: { readonly Value: Json } };
};
export type StackResource = { readonly Type: string; readonly Properties?: { readonly [name: string]: Json } };

/** What a resource's references give: `ref` for Ref, the attributes for Fn::GetAtt. */
export type Identity = { readonly ref: string; readonly attributes: { readonly [name: string]: string } };

export type Place = { readonly account: string; readonly region: string; readonly partition: string };

/** Replaces the intrinsic functions in a template's value by what they give; throws an Error that names any that it does not know. */
export function resolveIntrinsics(value: Json, identities: ReadonlyMap<string, Identity>, place: Place): Json {
  const resolve = (inner: Json) => resolveIntrinsics(inner, identities, place);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(resolve);
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (Object.keys(value).length !== 1 || name === undefined || argument === undefined)
    return resolveFields(value, resolve);
  switch (name) {
    case "Ref":
      return referenceTo(textOf(argument), identities, place);
    case "Fn::GetAtt":
      return attributeOf(listOf(argument).map(textOf), identities);
    case "Fn::Join": {
      const [separator, parts] = listOf(argument);
      return listOf(resolve(parts ?? []))
        .map(textOf)
        .join(textOf(separator ?? ""));
    }
    case "Fn::Split": {
      const [separator, text] = listOf(argument);
      return textOf(resolve(text ?? "")).split(textOf(separator ?? ""));
    }
    case "Fn::Select": {
      const [index, items] = listOf(argument);
      const selected = listOf(resolve(items ?? []))[Number(index)];
      if (selected === undefined) throw new Error(`Fn::Select finds no item ${String(index)}.`);
      return selected;
    }
    case "Fn::Sub":
      return textOf(argument).replace(/\$\{([^}]+)\}/g, (_, reference: string) => {
        const [logicalId = "", attribute] = reference.split(".");
        return attribute === undefined
          ? referenceTo(logicalId, identities, place)
          : attributeOf([logicalId, attribute], identities);
      });
    default:
      if (name.startsWith("Fn::")) throw new Error(`The template uses ${name}, which this deployment does not know.`);
      return resolveFields(value, resolve);
  }
}

function resolveFields(value: { readonly [key: string]: Json }, resolve: (inner: Json) => Json): Json {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}

function referenceTo(logicalId: string, identities: ReadonlyMap<string, Identity>, place: Place): string {
  switch (logicalId) {
    case "AWS::AccountId":
      return place.account;
    case "AWS::Region":
      return place.region;
    case "AWS::Partition":
      return place.partition;
    case "AWS::URLSuffix":
      return "amazonaws.com";
    default:
      return identityOf(logicalId, identities).ref;
  }
}

function attributeOf([logicalId = "", attribute = ""]: string[], identities: ReadonlyMap<string, Identity>): string {
  const found = identityOf(logicalId, identities).attributes[attribute];
  if (found === undefined)
    throw new Error(`The template asks for ${logicalId}.${attribute}, which this deployment does not know.`);
  return found;
}

function identityOf(logicalId: string, identities: ReadonlyMap<string, Identity>): Identity {
  const found = identities.get(logicalId);
  if (found === undefined) throw new Error(`The template refers to ${logicalId}, which it does not define.`);
  return found;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function listOf(value: Json): readonly Json[] {
  if (isList(value)) return value;
  throw new Error(`An intrinsic function expects a list, found ${JSON.stringify(value)}.`);
}

function textOf(value: Json): string {
  if (typeof value === "string") return value;
  throw new Error(`An intrinsic function expects a text, found ${JSON.stringify(value)}.`);
}
