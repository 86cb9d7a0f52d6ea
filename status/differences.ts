/** One place where an object in a cluster is not as it was made. */
export interface Difference {
  /** Where, and how: a phrase. */
  text: string;
  /** Whether it is a field that was not made at all: `pulumi up` leaves those to whoever set them. */
  added: boolean;
}

type Fields = Record<string, unknown>;

/**
 * How a part of a live object differs from what was made. Lists are compared as sets, for in none of Istio's that are
 * made here the order has a meaning; a field with nothing in it is the same as none.
 */
export function differencesOf(live: unknown, made: unknown, path = ""): Difference[] {
  const [a, b] = [plain(live), plain(made)];
  if (same(a, b)) return [];
  if (isMap(a) && isMap(b))
    return [...new Set([...Object.keys(b), ...Object.keys(a)])].flatMap((key) =>
      differencesOf(a[key], b[key], path === "" ? key : `${path}.${key}`),
    );
  if (Array.isArray(a) && Array.isArray(b) && [...a, ...b].every(isMap)) return elementDifferences(a, b, path);
  return [{ text: `${path || "it"} is ${textOf(a)}, and should be ${textOf(b)}`, added: b === undefined }];
}

/** Elements are paired by what names them; what is left over is one too many or lacking. */
function elementDifferences(live: Fields[], made: Fields[], path: string): Difference[] {
  const [a, b] = [without(live, made), without(made, live)];
  const list = path || "it";
  const differences: Difference[] = [];
  const pair = (x: Fields, y: Fields, where: string): void => {
    a.splice(a.indexOf(x), 1);
    b.splice(b.indexOf(y), 1);
    // What stands in a list was made as a whole.
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
    ...a.map((e) => ({ text: `${list} has ${textOf(e)}, which was not made`, added: false })),
    ...b.map((e) => ({ text: `${list} lacks ${textOf(e)}`, added: false })),
  ];
}

/** By what an element is known among the others of its list: a port, an endpoint, a subset, the settings of a port. */
function nameOf(element: Fields): unknown {
  const { name, address, number, port } = element;
  return name ?? address ?? number ?? (isMap(port) ? port["number"] : undefined);
}

/** The elements of a list that another lacks, as often as they stand there more. */
function without<T>(list: T[], other: T[]): T[] {
  const rest = other.map((e) => JSON.stringify(e));
  return list.filter((e) => {
    const at = rest.indexOf(JSON.stringify(e));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** A value with its lists and fields in a fixed order and without fields that hold nothing; undefined where nothing is left. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    // An element counts even where it holds nothing: an empty rule of a policy is about everybody.
    const elements = value.map((e) => plain(e) ?? {}).sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
    return elements.length > 0 ? elements : undefined;
  }
  if (isMap(value)) {
    const fields = Object.keys(value)
      .sort()
      .flatMap((key): [string, unknown][] => {
        const held = plain(value[key]);
        return held === undefined ? [] : [[key, held]];
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

/** A value for people, with spaces at which a line can be broken. */
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
