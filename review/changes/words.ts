import type { ContractExport, FederationContract, ServicePort } from "../../federation/contract/contract.ts";
import { masked } from "../secrets/masking.ts";
import { addressToCome } from "../revision/planRevision.ts";
import { isSecretMember, isSecretText } from "../secrets/secretKeys.ts";

/** One thing that changes, in words. */
export interface Change {
  /** `+` something comes, `-` something goes, `~` something is another than before. */
  sign: "+" | "-" | "~";
  text: string;
}

/** A list in words; `none` when it is empty. */
export function list(values: string[], none = "none"): string {
  return values.length > 0 ? values.join(", ") : none;
}

/** `httpbin/httpbin:8000`: namespace, service, ports. */
export function serviceWithPorts(spec: Pick<ContractExport, "namespace" | "service" | "ports">): string {
  return `${spec.namespace}/${spec.service}:${spec.ports
    .map((p) => p.number)
    .sort((a, b) => a - b)
    .join(",")}`;
}

/** Who may call an export. */
export function callersOf(spec: Pick<ContractExport, "callers" | "public">, to: string[]): string {
  if (spec.callers.length > 0) return `callers ${[...spec.callers].sort().join(", ")}`;
  return spec.public ? "callers: anybody, declared public" : `callers: any identity of ${list(to, "nobody")}`;
}

/** Gateway addresses; one that is still to be given says so. */
export function addressesOf(gateways: FederationContract["gateways"]): string {
  return list(
    gateways
      .map((g) => (g.address === addressToCome ? "an address still to be given" : `${g.address}:${g.port}`))
      .sort(),
  );
}

/** A port in words. */
export function portOf(port: ServicePort): string {
  return `${port.number} (${port.name}, ${port.protocol})`;
}

/** What was added to a list and what taken from it, e.g. `+ a, - b`; undefined when neither. */
export function listChange(before: string[], after: string[]): string | undefined {
  const parts = [
    ...after.filter((v) => !before.includes(v)).map((v) => `+ ${v}`),
    ...before.filter((v) => !after.includes(v)).map((v) => `- ${v}`),
  ];
  return parts.length > 0 ? parts.join(", ") : undefined;
}

/** `what before -> after`, in a list; empty when both are the same. */
export function valueChange(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what} ${before} -> ${after}`];
}

/** A value at the end of a configuration's path. */
interface Leaf {
  text: string;
  /** The members of a list of plain values that is told as one. */
  members?: string[] | undefined;
  /** Whether it is secret by what its key means, or by itself: then it is never printed. */
  secret: boolean;
}

/** How lists are compared: place by place, as an engine does; or, where each entry is a value of its own or has a name of its own, by these. */
type Lists = "by place" | "by member";

/** Leaf values of a configuration by their path, e.g. `istio.values.pilot.cpu`. */
function leaves(value: unknown, lists: Lists, path = "", secret = false): Map<string, Leaf> {
  if (!isObject(value))
    return new Map([[path, { text: JSON.stringify(value) ?? "nothing", secret: isSecretLeaf(value, secret) }]]);
  if (lists === "by member" && !secret && isSet(value))
    return new Map([[path, { text: JSON.stringify(value), members: value.map(String), secret }]]);
  const keys = lists === "by member" ? namesIn(value) : undefined;
  const inside = Object.entries(value).flatMap(([key, v]) => {
    if (!Array.isArray(value))
      return [...leaves(v, lists, path ? `${path}.${key}` : key, secret || isSecretMember(value, key))];
    const entry = `${path}[${keys?.[Number(key)] ?? key}]`;
    const all = [...leaves(v, lists, entry, secret)];
    // The path has the name already, unless there is nothing else to tell of the entry.
    return keys && all.length > 1 ? all.filter(([inner]) => inner !== `${entry}.name`) : all;
  });
  return new Map(
    inside.length > 0 || path === ""
      ? inside
      : [
          [
            path,
            {
              text: Array.isArray(value) ? "[]" : "{}",
              ...(lists === "by member" && Array.isArray(value) ? { members: [] } : {}),
              secret: false,
            },
          ],
        ],
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isSecretLeaf(value: unknown, secret: boolean): boolean {
  return secret || value === masked || (typeof value === "string" && isSecretText(value));
}

/** Whether a value is a list of plain values, none of them twice and none a secret. */
function isSet(value: object): value is (string | number)[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((v) => ["string", "number"].includes(typeof v) && !isSecretLeaf(v, false)) &&
    new Set(value.map(String)).size === value.length
  );
}

/** The names of a list's entries, where each has one of its own. */
function namesIn(value: object): string[] | undefined {
  const names = Array.isArray(value)
    ? value.map((v: unknown) => (isObject(v) ? (v as { name?: unknown }).name : undefined))
    : [];
  return names.length > 0 && names.every((n) => typeof n === "string") && new Set(names).size === names.length
    ? (names as string[])
    : undefined;
}

/** Leaf values that differ, in words, lists place by place; of those that are secret by what they mean, only that they differ. */
export function leafChanges(before: unknown, after: unknown): string[] {
  return changesOf(leaves(before, "by place"), leaves(after, "by place"));
}

/** The same of a configuration somebody wrote: an entry that is put before others changes none of them. */
export function settingChanges(before: unknown, after: unknown): string[] {
  return changesOf(leaves(before, "by member"), leaves(after, "by member"));
}

function changesOf(old: Map<string, Leaf>, now: Map<string, Leaf>): string[] {
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    const [a, b] = [old.get(path), now.get(path)];
    if (a?.text === b?.text) return [];
    if (a?.secret || b?.secret) return [`${path} ${a && b ? "changed" : a ? "removed" : "new"} (value hidden)`];
    if (a?.members && b?.members) return [`${path} ${listChange(a.members, b.members) ?? "in another order"}`];
    return [
      a === undefined
        ? `${path} ${b!.text} (new)`
        : b === undefined
          ? `${path} ${a.text} (removed)`
          : `${path} ${a.text} -> ${b.text}`,
    ];
  });
}

/** Pairs what was with what is: first by `keys[0]`, what is left over by `keys[1]`, and so on. */
export function pair<T>(before: T[], after: T[], ...keys: ((value: T) => string)[]): { before?: T; after?: T }[] {
  const [old, now] = [[...before], [...after]];
  const pairs: { before?: T; after?: T }[] = [];
  for (const key of keys)
    for (const b of [...now]) {
      const i = old.findIndex((a) => key(a) === key(b));
      if (i < 0) continue;
      pairs.push({ before: old.splice(i, 1)[0]!, after: b });
      now.splice(now.indexOf(b), 1);
    }
  return [...pairs, ...now.map((b) => ({ after: b })), ...old.map((a) => ({ before: a }))];
}
