import type { LiveObject } from "../object/state.ts";

/** One thing to wait for, as the annotation `pulumi.com/waitFor` says it. */
export type Condition =
  { text: string; path: (string | number)[]; value?: string } | { text: string; type: string; status: string };

/**
 * Reads `jsonpath={.status.x}`, `jsonpath={.status.x}=value`, `condition=Ready`, `condition=Ready=False`, or a JSON
 * array of these, all of which must hold. Throws on anything else.
 */
export function parseConditions(annotation: string): Condition[] {
  const texts = annotation.trimStart().startsWith("[") ? (JSON.parse(annotation) as string[]) : [annotation];
  return texts.map(parseCondition);
}

function parseCondition(text: string): Condition {
  const path = /^jsonpath=\{?(\.[^}=]+)\}?(?:==?(.*))?$/.exec(text);
  if (path) return { text, path: segments(path[1]!), value: path[2] };
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
  if (condition) return { text, type: condition[1]!, status: condition[2] ?? "True" };
  throw new Error(
    `the annotation pulumi.com/waitFor is ${JSON.stringify(text)}; it can be ` +
      "jsonpath={.a.b[0]}, jsonpath={.a.b}=value, condition=Type, condition=Type=Status, or " +
      "a JSON array of these",
  );
}

/** What is still missing, or undefined when everything holds. */
export function unmet(live: LiveObject, conditions: Condition[]): string | undefined {
  const missing = conditions.filter((condition) => !holds(live, condition));
  return missing.length === 0 ? undefined : `waiting for ${missing.map((c) => c.text).join(", ")}`;
}

function holds(live: LiveObject, condition: Condition): boolean {
  if ("type" in condition) {
    const found = (live.status?.conditions ?? []).find(
      (c: any) => c.type.toLowerCase() === condition.type.toLowerCase(),
    );
    return found !== undefined && String(found.status).toLowerCase() === condition.status.toLowerCase();
  }
  const value = condition.path.reduce<any>((object, key) => object?.[key], live);
  return condition.value === undefined
    ? value !== undefined && value !== null && value !== ""
    : String(value) === condition.value;
}

/** `.a.b[0]['x.y']` to `["a", "b", 0, "x.y"]`. */
function segments(path: string): (string | number)[] {
  const parts: (string | number)[] = [];
  const rest = path.replace(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\]/g, (_, key, index, quoted, double) => {
    parts.push(index === undefined ? (key ?? quoted ?? double) : Number(index));
    return "";
  });
  if (rest !== "" || parts.length === 0)
    throw new Error(
      `the path ${path} of the annotation pulumi.com/waitFor cannot be read; write it like ` +
        ".status.loadBalancer.ingress[0]",
    );
  return parts;
}
