import type {
  ContractExport,
  ContractRoot,
  FederationContract,
  ServicePort,
} from "../../federation/contract/contract.ts";
import { callersFor } from "../../federation/exports/exportCallers.ts";
import { allCallers } from "../../federation/exports/exportPlan.ts";
import { masked } from "../secrets/masking.ts";
import { pendingAddress } from "../revision/draftContract.ts";
import { isSecretMember, isSecretText } from "../secrets/secretKeys.ts";
import { withoutPem } from "./pem.ts";

/** One change, in words. */
export interface Change {
  /** `+` added, `-` removed, `~` changed. */
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

/** The allowed callers of an export. */
export function callersOf(
  spec: Pick<ContractExport, "callers" | "callerIds" | "callersByMesh" | "public">,
  to: string[],
): string {
  const apart = to.filter((mesh) => Object.hasOwn(spec.callersByMesh ?? {}, mesh));
  if (apart.length > 0)
    return `callers ${apart.map((mesh) => `of ${mesh}: ${[...callersFor(spec, mesh)].sort().join(", ")}`).join("; ")}`;
  const callers = allCallers(spec);
  if (callers.length > 0) return `callers ${callers.sort().join(", ")}`;
  return spec.public ? "callers: all, declared public" : `callers: any identity of ${list(to, "no mesh")}`;
}

/** Gateway addresses, with their ports. */
export function addressesOf(gateways: FederationContract["gateways"]): string {
  return list(
    gateways
      .map(({ address, port, weight }) =>
        address === pendingAddress
          ? "pending address"
          : `${address}:${port}${weight === undefined ? "" : ` (weight ${weight})`}`,
      )
      .sort(),
  );
}

/** A port in words. */
export function portOf(port: ServicePort): string {
  return `${port.number} (${port.name}, ${port.protocol})`;
}

/** What is added to and removed from a list, such as `+ a, - b`; undefined when nothing is. */
export function listChange(before: string[], after: string[]): string | undefined {
  const parts = [
    ...after.filter((v) => !before.includes(v)).map((v) => `+ ${v}`),
    ...before.filter((v) => !after.includes(v)).map((v) => `- ${v}`),
  ];
  return parts.length > 0 ? parts.join(", ") : undefined;
}

/** `what before -> after`, in a list; empty when both are equal. */
export function valueChange(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what} ${before} -> ${after}`];
}

/** A leaf value of a configuration. */
interface Leaf {
  text: string;
  /** The members of a list of plain values, which is one leaf. */
  members?: string[] | undefined;
  /** Whether its key or its text marks it as secret. A secret is never printed. */
  secret: boolean;
}

/** How lists are compared: by index, as the engine does, or by member where the members are unique values or names. */
type Lists = "by index" | "by member";

/** Leaf values of a configuration by their path, such as `istio.values.pilot.cpu`. */
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
    // The path has the name of the entry; the leaf `name` matters only in an entry without other leaves.
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

/** Whether a value is a list of unique plain values without secrets. */
function isSet(value: object): value is (string | number)[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((v) => ["string", "number"].includes(typeof v) && !isSecretLeaf(v, false)) &&
    new Set(value.map(String)).size === value.length
  );
}

/** The names of a list's entries when each has a unique one. */
function namesIn(value: object): string[] | undefined {
  const names = Array.isArray(value)
    ? value.map((v: unknown) => (isObject(v) ? (v as { name?: unknown }).name : undefined))
    : [];
  return names.length > 0 && names.every((n) => typeof n === "string") && new Set(names).size === names.length
    ? (names as string[])
    : undefined;
}

/** Leaf values that differ, in words, with lists by index. Of secrets it says only that they differ. */
export function leafChanges(before: unknown, after: unknown): string[] {
  return changesOf(leaves(before, "by index"), leaves(after, "by index"));
}

/** {@link leafChanges} with lists by member: an entry that is inserted changes no other entry. */
export function settingChanges(before: unknown, after: unknown): string[] {
  return changesOf(leaves(before, "by member"), leaves(after, "by member"));
}

function shown(member: string): string {
  return withoutPem(member).trim();
}

function changesOf(old: Map<string, Leaf>, now: Map<string, Leaf>): string[] {
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    const [a, b] = [old.get(path), now.get(path)];
    if (a?.text === b?.text) return [];
    if (a?.secret || b?.secret) return [`${path} ${a && b ? "changed" : a ? "removed" : "new"} (value hidden)`];
    if (a?.members && b?.members)
      return [`${path} ${listChange(a.members.map(shown), b.members.map(shown)) ?? "in another order"}`];
    const [was, is] = [a && withoutPem(a.text), b && withoutPem(b.text)];
    if (was === is) return [`${path} ${is} (written differently)`];
    return [
      was === undefined
        ? `${path} ${is} (new)`
        : is === undefined
          ? `${path} ${was} (removed)`
          : `${path} ${was} -> ${is}`,
    ];
  });
}

/** Pairs old and new values with equal keys: first by `keys[0]`, the rest by `keys[1]`, and so on. */
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

/** A root in words: how it is used, and its SHA-256, by which an owner compares it. */
export function rootText({ use, sha256 }: Pick<ContractRoot, "use" | "sha256">): string {
  return `${use} ${sha256}`;
}
