/** Reads answers of Envoy's administration interface. https://www.envoyproxy.io/docs/envoy/latest/operations/admin */

import { printable } from "../federation/errors/userError.ts";

/** An endpoint of a cluster in a proxy. */
export interface EnvoyEndpoint {
  /** `address:port`. */
  address: string;
  /** `HEALTHY`, or Envoy's health flags. */
  health: string;
  /** Requests and connections so far. */
  requests: number;
  connections: number;
  /** Connections that failed so far, TLS handshakes among them. Default: not counted. */
  failures?: number;
}

/** A proxy's configuration for one port of a host. */
export interface HostConfig {
  /** Whether a listener takes connections to the port. */
  listener: boolean;
  /** Whether a route leads from there to the cluster. */
  route: boolean;
  cluster: ClusterConfig | undefined;
}

/** TLS settings of an Envoy cluster. */
export interface ClusterConfig {
  /** Whether it uses the mesh's mTLS. */
  mtls: boolean;
  sni: string | undefined;
  /** Identities that it accepts; empty: any. */
  subjectAltNames: string[];
}

/** Istio's name of the cluster for a port of a host. */
export function outboundCluster(host: string, port: number): string {
  return `outbound|${port}||${host}`;
}

/** Endpoints of a cluster from the text of `/clusters`. */
export function endpointsOf(clusters: string, cluster: string): EnvoyEndpoint[] {
  const prefix = `${cluster}::`;
  const found = new Map<string, EnvoyEndpoint>();
  for (const line of clusters.split("\n")) {
    const [, address, key, value] = line.startsWith(prefix)
      ? (/^(\S+?:\d+)::(health_flags|rq_total|cx_total|cx_connect_fail)::(\S+)$/.exec(
          line.slice(prefix.length).trim(),
        ) ?? [])
      : [];
    if (!address || !key || value === undefined) continue;
    const endpoint = found.get(address) ?? { address, health: "unknown", requests: 0, connections: 0 };
    if (key === "health_flags") endpoint.health = value === "healthy" ? "HEALTHY" : value.replace(/^\//, "");
    else if (key === "rq_total") endpoint.requests = Number(value);
    else if (key === "cx_total") endpoint.connections += Number(value);
    else {
      endpoint.failures = Number(value);
      // The total includes them.
      endpoint.connections -= endpoint.failures;
    }
    found.set(address, endpoint);
  }
  return [...found.values()].sort((a, b) => a.address.localeCompare(b.address));
}

/** Resources of a `/config_dump` answer, each without the wrapper of its kind. */
export function resourcesOf(dump: string): Record<string, any>[] {
  const configs = (JSON.parse(dump || "{}") as { configs?: Record<string, any>[] }).configs ?? [];
  return configs.map((c) => c["cluster"] ?? c["route_config"] ?? c["active_state"]?.listener ?? c["secret"] ?? c);
}

/** A listener whose last configuration a proxy has rejected. */
export interface RejectedListener {
  name: string;
  /** Envoy's reason: one line of printable characters, the start of a long one. */
  details: string;
  /** Whether the configuration before it is still in use. A proxy that has restarted since has none. */
  active: boolean;
}

/** The listeners of a proxy. */
export interface Listeners {
  active: Record<string, any>[];
  rejected: RejectedListener[];
  /** Names of listeners that do not listen yet: they wait for a secret or a route. */
  warming: string[];
}

/** Characters of Envoy's reason that are kept: it quotes the configuration. */
const maxDetails = 300;

/**
 * Listeners in a `/config_dump` answer about `dynamic_listeners`. An error has an entry of its own as well, without a
 * name. https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto
 */
export function listenersOf(dump: string): Listeners {
  const entries = (JSON.parse(dump || "{}") as { configs?: Record<string, any>[] }).configs ?? [];
  const failing = entries.filter((e) => e["error_state"]).sort((a, b) => Number(!a["name"]) - Number(!b["name"]));
  const rejected = failing.map((e): RejectedListener => {
    const { details, failed_configuration: configuration } = e["error_state"];
    const text = oneLine(details ?? "no reason is given");
    return {
      name: oneLine(e["name"] || configuration?.name || "without a name"),
      details: text.length > maxDetails ? `${text.slice(0, maxDetails)}..` : text,
      active: e["active_state"] !== undefined,
    };
  });
  return {
    active: entries.flatMap((e) => e["active_state"]?.listener ?? []),
    rejected: rejected.filter((r, i) => rejected.findIndex((other) => other.details === r.details) === i),
    warming: entries.filter((e) => e["warming_state"] && !e["active_state"]).map((e) => oneLine(e["name"])),
  };
}

function oneLine(text: unknown): string {
  return printable(String(text).replace(/\s+/g, " ").trim());
}

/** TLS settings of a cluster. Where the cluster chooses TLS per endpoint, those for mTLS. */
export function clusterConfig(cluster: Record<string, any>): ClusterConfig {
  const sockets = [
    cluster["transport_socket"],
    ...(cluster["transport_socket_matches"] ?? []).map((m: Record<string, any>) => m["transport_socket"]),
  ];
  const tls = sockets.map((s) => s?.typed_config).find((c) => String(c?.["@type"]).endsWith("UpstreamTlsContext"));
  const context = tls?.common_tls_context;
  const validation =
    context?.combined_validation_context?.default_validation_context ?? context?.validation_context ?? {};
  const names = [
    ...(validation.match_subject_alt_names ?? []),
    ...(validation.match_typed_subject_alt_names ?? []).map((m: Record<string, any>) => m["matcher"]),
  ];
  return {
    mtls:
      tls !== undefined &&
      ((context?.tls_certificate_sds_secret_configs ?? []).length > 0 || (context?.tls_certificates ?? []).length > 0),
    sni: tls?.sni,
    subjectAltNames: names.flatMap((m) =>
      typeof m?.exact === "string" ? [m.exact] : typeof m?.prefix === "string" ? [`${m.prefix}*`] : [],
    ),
  };
}

/** Whether one of the listeners takes connections to a port, on any address. */
export function hasListener(listeners: Record<string, any>[], port: number): boolean {
  return listeners.some((l) => l["address"]?.socket_address?.port_value === port);
}

/** A regular expression that matches this text only, for JavaScript and for Envoy (RE2). */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * Whether calls to a port of a host go to its cluster: by the virtual host of that name for HTTP, by a listener's TCP
 * proxy otherwise. A cluster of a subset counts. Routes with conditions (a canary's header, a path) may lead elsewhere;
 * the route for all other calls must lead to the cluster.
 */
export function routesToCluster(
  listeners: Record<string, any>[],
  routes: Record<string, any>[],
  host: string,
  port: number,
): boolean {
  const pattern = new RegExp(`^outbound\\|${port}\\|[^|]*\\|${literally(host)}$`);
  const isCluster = (name: unknown): boolean => typeof name === "string" && pattern.test(name);
  const leads = (to: Record<string, any> | undefined): boolean =>
    isCluster(to?.["cluster"]) ||
    (to?.["weighted_clusters"]?.clusters ?? []).some((c: Record<string, any>) => isCluster(c["name"]));
  const virtualHosts = routes.flatMap((r) => r["virtual_hosts"] ?? []).filter((v) => (v.domains ?? []).includes(host));
  if (virtualHosts.length > 0)
    return virtualHosts.every(({ routes: all = [] }: { routes?: Record<string, any>[] }) => {
      const fallback = all.find((r) => isCatchAll(r["match"]));
      return fallback ? leads(fallback["route"]) : all.some((r) => leads(r["route"]));
    });
  const filters = listeners
    .flatMap((l) => [...(l["filter_chains"] ?? []), ...(l["default_filter_chain"] ? [l["default_filter_chain"]] : [])])
    .flatMap((c) => c.filters ?? []);
  return filters.some((f) => leads(f.typed_config));
}

/** Whether a route has no condition: it takes every call that no earlier route takes. */
function isCatchAll(match: Record<string, any> = { prefix: "/" }): boolean {
  return (
    match["prefix"] === "/" &&
    !["headers", "query_parameters", "dynamic_metadata", "runtime_fraction", "grpc"].some(
      (condition) => match[condition] !== undefined,
    )
  );
}

/**
 * Whether a sidecar closes connections to hosts that the mesh does not know (REGISTRY_ONLY), by its catch-all listener.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-OutboundTrafficPolicy
 */
export function blocksUnknownHosts(listeners: Record<string, any>[]): boolean {
  const filters = listeners
    .filter((l) => l["name"] === "virtualOutbound")
    .flatMap((l) => l["default_filter_chain"]?.filters ?? []);
  return filters.some((f) => f.typed_config?.cluster === "BlackHoleCluster");
}

/** SNI names of the filter chains of listeners. */
export function serverNames(listeners: Record<string, any>[]): string[] {
  return listeners.flatMap((l) => l["filter_chains"] ?? []).flatMap((c) => c.filter_chain_match?.server_names ?? []);
}

/** Names of a proxy's own secrets; a gateway has those of its `credentialName` besides them. */
const [ownCertificate, ownBundle] = ["default", "ROOTCA"];

/** The proxy's own certificate with its chain as PEM text; undefined where it has none. */
export function ownChain(secrets: Record<string, any>[]): string | undefined {
  return inlineText(secrets.find((s) => s["name"] === ownCertificate)?.["tls_certificate"]?.certificate_chain);
}

/** The roots that the proxy trusts as PEM text; undefined where there are none. */
export function trustedRoots(secrets: Record<string, any>[]): string | undefined {
  return inlineText(secrets.find((s) => s["name"] === ownBundle)?.["validation_context"]?.trusted_ca);
}

function inlineText(source: { inline_bytes?: string; inline_string?: string } | undefined): string | undefined {
  if (source?.inline_bytes) return Buffer.from(source.inline_bytes, "base64").toString("utf8");
  return source?.inline_string || undefined;
}
