import { rfc1123Label, serviceHost } from "../objects/names.ts";

/** A Service in the cluster. */
export interface LiveService {
  namespace: string;
  name: string;
  ports: LivePort[];
  selector: Record<string, string>;
  /** `headless`: it has no IP address. `external`: it is another DNS name. Default: it has an IP address. */
  kind?: "headless" | "external" | undefined;
  /** Namespaces that see it, by its annotation; empty or undefined: the mesh's default, which is all. */
  exportTo?: string[];
  /** Whether a caller reaches pods of its own node only. Default: no. */
  nodeLocal?: boolean;
}

/** A port of a Service. */
export interface LivePort {
  /** Empty where it has none. */
  name: string;
  number: number;
  targetPort: number | string;
  /** Default: `TCP`. */
  protocol?: string;
  appProtocol?: string | undefined;
}

/** A pod behind the Service of an export. */
export interface LivePod {
  name: string;
  /** Ports that its containers declare. */
  ports: { name?: string; number: number }[];
  /**
   * Who ends a peer's mTLS: the sidecar. `ambient`: nobody, the node's ztunnel has the pod. `unlabelled`: nobody that
   * Istio knows of, since the label of injection is missing. `none`: nobody.
   */
  proxy: "sidecar" | "ambient" | "unlabelled" | "none";
  /** Whether it has a name of its own that callers may use: a pod of a StatefulSet. */
  named: boolean;
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
  /** TLS settings that a client of a DestinationRule uses. Default: none. */
  clientTls?: ClientTls;
  /** TLS modes of a DestinationRule. Default: it has no traffic policy. */
  tls?: RuleTls;
  /** Whether clients of the DestinationRule leave out endpoints that fail. Default: they do not. */
  ejects?: boolean;
  /** Whether only pods with certain labels use the DestinationRule. Default: all do. */
  selective?: boolean;
  /** When it was created, as the API server writes it. */
  created?: string;
}

/** TLS settings of a DestinationRule, without its subsets. */
export interface ClientTls {
  /** Of all ports without settings of their own; undefined: none. */
  all?: TlsSettings | undefined;
  /** Of the ports with settings of their own, which replace the rule's; undefined: such a port sets none. */
  ports: ReadonlyMap<number, TlsSettings | undefined>;
}

/** How a client connects. */
export interface TlsSettings {
  /** Istio's name of the mode. */
  mode: string;
  /** Empty: Istio's default. */
  sni: string;
  /** Empty: those of the ServiceEntry. */
  subjectAltNames: string[];
}

/** TLS modes of a DestinationRule; undefined: without a traffic policy. */
export interface RuleTls {
  rule?: TlsModes | undefined;
  /** By name of the subset. */
  subsets: ReadonlyMap<string, TlsModes>;
}

/** TLS modes of a traffic policy, such as `DISABLE`. */
export interface TlsModes {
  /** Of all ports without one of their own; undefined: none is set. */
  all?: string | undefined;
  /** By port number of the Service. */
  ports: ReadonlyMap<number, string>;
}

/** A PeerAuthentication of Istio for all pods of a namespace, or of the mesh: one without labels. */
export interface LivePeerAuthentication {
  namespace: string;
  name: string;
  /** When it was created, in ISO 8601: the oldest of a namespace counts. */
  created: string;
  /** `UNSET`: that of the mesh. */
  mode: string;
}

/** A Sidecar object of Istio. */
export interface LiveSidecar {
  namespace: string;
  name: string;
  /** When it was created, in ISO 8601: the oldest of a namespace counts. */
  created: string;
  /** Labels of the pods that it is for; undefined: all of its namespace. */
  selector?: Record<string, string>;
  /** Empty: everything is visible. */
  egress: EgressListener[];
}

/** An egress listener of a Sidecar. */
export interface EgressListener {
  /** The port that it is for; undefined: all others. */
  port?: number;
  /** Whether it is a forward proxy, which has every port. */
  isProxy: boolean;
  /** `namespace/dnsName`. */
  hosts: string[];
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
  /** The same pods, by export name. Default: none. */
  pods?: ReadonlyMap<string, LivePod[]>;
  /** Cluster domains as the cluster has them; default: none can be read. */
  domains?: LiveDomains;
  /** What the API server refused to show. */
  unread: UnreadObject[];
  /** Sidecars of all namespaces. Default: none. */
  sidecars?: LiveSidecar[];
  /** PeerAuthentications without labels. Default: none. */
  peerAuthentications?: LivePeerAuthentication[];
  /** Hosts to which a VirtualService of sidecars routes. Default: none. */
  routed?: string[];
  /** Labels of the namespaces that were asked for and exist. Default: none. */
  namespaces?: ReadonlyMap<string, Record<string, string>>;
  /** Of the gateway in use; undefined in a mesh without one. */
  gateway?: LiveGateway;
}

/** Cluster domains that objects of a cluster name, each with the object. */
export interface LiveDomains {
  /** That of an existing Istio. */
  istio?: NamedDomain | undefined;
  /** That of the nodes, and so of the pods. */
  nodes?: NamedDomain | undefined;
}

/** A cluster domain, and the object that names it, such as `ConfigMap kube-system/kubelet-config`. */
export interface NamedDomain {
  domain: string;
  object: string;
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
export function isVisibleFromAny(
  { namespace, exportTo }: Pick<LiveObject, "namespace" | "exportTo">,
  namespaces: string[],
): boolean {
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

/** The ports of a Service that take TCP connections. The gateway passes on no others. */
export function tcpPorts(service: LiveService): LivePort[] {
  return service.ports.filter(({ protocol = "TCP" }) => protocol === "TCP");
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

/** Namespace and name of the Service with a host in a cluster domain; undefined for any other host. */
export function serviceOfHost(host: string, clusterDomain: string): { namespace: string; name: string } | undefined {
  const [name = "", namespace = ""] = host.split(".");
  const valid = rfc1123Label.test(name) && rfc1123Label.test(namespace);
  return valid && host === serviceHost(name, namespace, clusterDomain) ? { namespace, name } : undefined;
}
