import type { ContractExport, FederationContract, ServicePort } from "../components/plan/contract.ts";
import { masked } from "./masking.ts";
import { addressToCome } from "./planRevision.ts";
import { isSecretMember, isSecretText } from "./secretKeys.ts";

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
  return `${spec.namespace}/${spec.service}:${spec.ports.map((p) => p.number).sort((a, b) => a - b).join(",")}`;
}

/** Who may call an export. */
export function callersOf(spec: Pick<ContractExport, "callers" | "public">, to: string[]): string {
  if (spec.callers.length > 0) return `callers ${[...spec.callers].sort().join(", ")}`;
  return spec.public ? "callers: anybody, declared public" : `callers: any identity of ${list(to, "nobody")}`;
}

/** Gateway addresses; one that is still to be given says so. */
export function addressesOf(gateways: FederationContract["gateways"]): string {
  return list(gateways.map((g) => (g.address === addressToCome ? "an address still to be given" : `${g.address}:${g.port}`)).sort());
}

/** A port in words. */
export function portOf(port: ServicePort): string {
  return `${port.number} (${port.name}, ${port.protocol})`;
}

/** What was added to a list and what taken from it, e.g. `+ a, - b`; undefined when neither. */
export function listChange(before: string[], after: string[]): string | undefined {
  const parts = [...after.filter((v) => !before.includes(v)).map((v) => `+ ${v}`), ...before.filter((v) => !after.includes(v)).map((v) => `- ${v}`)];
  return parts.length > 0 ? parts.join(", ") : undefined;
}

/** `what before -> after`, in a list; empty when both are the same. */
export function valueChange(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what} ${before} -> ${after}`];
}

/** A value at the end of a configuration's path. */
interface Leaf {
  text: string;
  /** Whether it is secret by what its key means, or by itself: then it is never printed. */
  secret: boolean;
}

/** Leaf values of a configuration by their path, e.g. `istio.values.pilot.cpu`. */
function leaves(value: unknown, path = "", secret = false): Map<string, Leaf> {
  if (typeof value !== "object" || value === null) return new Map([[path, { text: JSON.stringify(value) ?? "nothing", secret: secret || value === masked || (typeof value === "string" && isSecretText(value)) }]]);
  const inside = Object.entries(value).flatMap(([key, v]) => [...leaves(v, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key, secret || isSecretMember(value, key))]);
  return new Map(inside.length > 0 || path === "" ? inside : [[path, { text: Array.isArray(value) ? "[]" : "{}", secret: false }]]);
}

/** Leaf values that differ, in words; of those that are secret by what they mean, only that they differ. */
export function leafChanges(before: unknown, after: unknown): string[] {
  const [old, now] = [leaves(before), leaves(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    const [a, b] = [old.get(path), now.get(path)];
    if (a?.text === b?.text) return [];
    if (a?.secret || b?.secret) return [`${path} ${a && b ? "changed" : a ? "removed" : "new"} (value hidden)`];
    return [a === undefined ? `${path} ${b!.text} (new)` : b === undefined ? `${path} ${a.text} (removed)` : `${path} ${a.text} -> ${b.text}`];
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
