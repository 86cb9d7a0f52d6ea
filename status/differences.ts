/** One difference between an object in a cluster and the object that the stack created. */
export interface Difference {
  /** The field and its values: a phrase. */
  text: string;
  /** Whether the stack did not create the field at all: `pulumi up` keeps such fields. */
  added: boolean;
}

type Fields = Record<string, unknown>;

/**
 * The differences between a part of a live object and of the created one. Lists are compared as sets: the order has no
 * meaning in any of Istio's lists in use. An empty field equals a missing one.
 * @param path of the part; empty: the whole object
 */
export function differencesOf(live: unknown, created: unknown, path = ""): Difference[] {
  const [a, b] = [normalized(live), normalized(created)];
  if (same(a, b)) return [];
  if (isMap(a) && isMap(b))
    return [...new Set([...Object.keys(b), ...Object.keys(a)])].flatMap((key) =>
      differencesOf(a[key], b[key], path === "" ? key : `${path}.${key}`),
    );
  if (Array.isArray(a) && Array.isArray(b) && [...a, ...b].every(isMap)) return elementDifferences(a, b, path);
  return [{ text: `${path || "it"} is ${textOf(a)}, and should be ${textOf(b)}`, added: b === undefined }];
}

/** Elements are paired by their names; an element without a partner is added or missing. */
function elementDifferences(live: Fields[], created: Fields[], path: string): Difference[] {
  const [a, b] = [without(live, created), without(created, live)];
  const list = path || "it";
  const differences: Difference[] = [];
  const pair = (x: Fields, y: Fields, where: string): void => {
    a.splice(a.indexOf(x), 1);
    b.splice(b.indexOf(y), 1);
    // `pulumi up` replaces a list as a whole.
    differences.push(...differencesOf(x, y, where).map((d) => ({ ...d, added: false })));
  };
  for (const y of [...b]) {
    const name = nameOf(y);
    const x = name === undefined ? undefined : a.find((e) => nameOf(e) === name);
    if (x) pair(x, y, `${path}[${String(name)}]`);
  }
  if (a.length === 1 && b.length === 1) pair(a[0]!, b[0]!, path);
  return [
    ...differences,
    ...a.map((e) => ({ text: `${list} has ${textOf(e)}, which the stack did not create`, added: false })),
    ...b.map((e) => ({ text: `${list} lacks ${textOf(e)}`, added: false })),
  ];
}

/** The field that identifies an element in its list: of a port, an endpoint, a subset, the settings of a port. */
function nameOf(element: Fields): unknown {
  const { name, address, number, port } = element;
  return name ?? address ?? number ?? (isMap(port) ? port["number"] : undefined);
}

/** The elements of a list that another list lacks; duplicates count. */
function without<T>(list: T[], other: T[]): T[] {
  const rest = other.map((e) => JSON.stringify(e));
  return list.filter((e) => {
    const at = rest.indexOf(JSON.stringify(e));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** A value with lists and fields in a fixed order, without empty fields; undefined where nothing is left. */
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) {
    // An empty element counts: an empty rule of a policy matches all callers.
    const elements = value
      .map((e) => normalized(e) ?? {})
      .sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
    return elements.length > 0 ? elements : undefined;
  }
  if (isMap(value)) {
    const fields = Object.keys(value)
      .sort()
      .flatMap((key): [string, unknown][] => {
        const field = normalized(value[key]);
        return field === undefined ? [] : [[key, field]];
      });
    return fields.length > 0 ? Object.fromEntries(fields) : undefined;
  }
  return value === null || value === "" ? undefined : value;
}

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A value for people, with spaces at which a line can wrap. */
function textOf(value: unknown): string {
  if (value === undefined) return "none";
  return Array.isArray(value) && !value.some((e) => typeof e === "object") ? value.join(", ") : inlineOf(value);
}

function inlineOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineOf).join(", ")}]`;
  return isMap(value)
    ? `{${Object.entries(value)
        .map(([key, v]) => `${key}: ${inlineOf(v)}`)
        .join(", ")}}`
    : String(value);
}
