import { rfc1123Label, serviceHost } from "../objects/names.ts";

/** A Service in the cluster. */
export interface LiveService {
  namespace: string;
  name: string;
  ports: { name: string; number: number; targetPort: number | string; protocol?: string }[];
  selector: Record<string, string>;
}

/** A DestinationRule, ServiceEntry or VirtualService in the cluster that this project did not create. */
export interface LiveObject {
  namespace: string;
  name: string;
  hosts: string[];
  /** Namespaces that see it; empty: all. */
  exportTo: string[];
  /** Names of the subsets; of a DestinationRule only. */
  subsets: string[];
}

/** What the checks need of a cluster. */
export interface LiveCluster {
  /** Those of the Services in question that exist. */
  services: LiveService[];
  /** DestinationRules. */
  rules: LiveObject[];
  /** ServiceEntries. */
  entries: LiveObject[];
  /** VirtualServices that apply in sidecars; undefined where no import has routes. */
  virtualServices?: LiveObject[] | undefined;
  /** Service accounts of the running pods behind each export's Service, by export name. */
  accounts: ReadonlyMap<string, string[]>;
  /** What the API server refused to show. */
  unread: UnreadObject[];
  /** Of the gateway in use; undefined in a mesh without one. */
  gateway?: LiveGateway;
}

/** An east-west gateway, and what selects its pods. */
export interface LiveGateway {
  /** Its pods, with the network whose endpoints each sees (ISTIO_META_REQUESTED_NETWORK_VIEW). */
  pods: { labels: Record<string, string>; networkView?: string | undefined }[];
  /** Gateway objects that this project did not create, of all namespaces. */
  objects: GatewayObject[];
}

/** A Gateway object of Istio. */
export interface GatewayObject {
  namespace: string;
  name: string;
  selector: Record<string, string>;
  servers: { port: number; hosts: string[] }[];
}

/** Objects that could not be read. */
export interface UnreadObject {
  /** The objects, such as `Service shop/cart`. */
  object: string;
  /** The API server's answer. */
  reason: string;
}

/** Whether an object is visible from at least one of the namespaces. */
export function isVisibleFromAny({ namespace, exportTo }: LiveObject, namespaces: string[]): boolean {
  if (exportTo.length === 0 || exportTo.includes("*") || namespaces.includes("*")) return true;
  return namespaces.some((n) => exportTo.includes(n) || (exportTo.includes(".") && n === namespace));
}

/** Whether a host of a DestinationRule or a Gateway, which may start with `*`, takes a host. */
export function takesHost(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith("*") && host.endsWith(pattern.slice(1)));
}

/** A host of a Gateway's server without the namespace that it may have in front: `ns/host`. */
export function withoutNamespace(host: string): string {
  return host.split("/").at(-1)!;
}

/** Whether every label of a selector is one of the labels. An empty selector of a Gateway takes all pods. */
export function matches(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Whether a selector selects pods with these labels. An empty selector of a Service selects none. */
export function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.keys(selector).length > 0 && matches(selector, labels);
}

/** Labels as text: `{app: orders, version: v1}`. */
export function labelsText(labels: Record<string, string>): string {
  return `{${Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ")}}`;
}

/** Namespace and name of the Service with a host; undefined for any other host. */
export function serviceOfHost(host: string): { namespace: string; name: string } | undefined {
  const [name = "", namespace = ""] = host.split(".");
  const valid = rfc1123Label.test(name) && rfc1123Label.test(namespace);
  return valid && host === serviceHost(name, namespace) ? { namespace, name } : undefined;
}
