import type { ClusterConfig, Endpoint } from "../verify/evidence.ts";

/** Reads what Envoy's administration interface says. https://www.envoyproxy.io/docs/envoy/latest/operations/admin */

/** Istio's name of the cluster for a host's port. */
export function outboundCluster(host: string, port: number): string {
  return `outbound|${port}||${host}`;
}

/** Endpoints of a cluster in the text of `/clusters`. */
export function endpointsOf(clusters: string, cluster: string): Endpoint[] {
  const prefix = `${cluster}::`;
  const found = new Map<string, Endpoint>();
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
      // They are among the total.
      endpoint.connections -= endpoint.failures;
    }
    found.set(address, endpoint);
  }
  return [...found.values()].sort((a, b) => a.address.localeCompare(b.address));
}

/** Resources of a `/config_dump` answer, each its own configuration, however deep the dump wraps it. */
export function resourcesOf(dump: string): Record<string, any>[] {
  const configs = (JSON.parse(dump || "{}") as { configs?: Record<string, any>[] }).configs ?? [];
  return configs.map((c) => c["cluster"] ?? c["route_config"] ?? c["active_state"]?.listener ?? c["secret"] ?? c);
}

/** A cluster's identity checks and name; of a cluster that chooses TLS per endpoint, the mTLS one's. */
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

/** Whether a listener of these takes connections to a port, on whatever address. */
export function hasListener(listeners: Record<string, any>[], port: number): boolean {
  return listeners.some((l) => l["address"]?.socket_address?.port_value === port);
}

/**
 * Whether calls to a host's port go to its cluster: by the route's virtual host of that name for HTTP, by a TCP proxy of
 * a listener otherwise. A cluster per version (subset) counts too. Routes of some calls alone (a canary's header, a path)
 * may lead elsewhere; what no other takes must come here.
 */
export function leadsToCluster(
  listeners: Record<string, any>[],
  routes: Record<string, any>[],
  host: string,
  port: number,
): boolean {
  const ours = (name: unknown): boolean =>
    typeof name === "string" && new RegExp(`^outbound\\|${port}\\|[^|]*\\|${host.replaceAll(".", "\\.")}$`).test(name);
  const leads = (to: Record<string, any> | undefined): boolean =>
    ours(to?.["cluster"]) ||
    (to?.["weighted_clusters"]?.clusters ?? []).some((c: Record<string, any>) => ours(c["name"]));
  const virtualHosts = routes.flatMap((r) => r["virtual_hosts"] ?? []).filter((v) => (v.domains ?? []).includes(host));
  if (virtualHosts.length > 0)
    return virtualHosts.every(({ routes: all = [] }: { routes?: Record<string, any>[] }) => {
      const rest = all.find((r) => isCatchAll(r["match"]));
      return rest ? leads(rest["route"]) : all.some((r) => leads(r["route"]));
    });
  const filters = listeners
    .flatMap((l) => [...(l["filter_chains"] ?? []), ...(l["default_filter_chain"] ? [l["default_filter_chain"]] : [])])
    .flatMap((c) => c.filters ?? []);
  return filters.some((f) => leads(f.typed_config));
}

/** Whether a route takes every call that those before it left. */
function isCatchAll(match: Record<string, any> = { prefix: "/" }): boolean {
  return (
    match["prefix"] === "/" &&
    !["headers", "query_parameters", "dynamic_metadata", "runtime_fraction", "grpc"].some(
      (only) => match[only] !== undefined,
    )
  );
}

/**
 * Whether a sidecar closes connections to addresses that no listener knows, by its catch-all listener.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-OutboundTrafficPolicy
 */
export function blocksUnknown(listeners: Record<string, any>[]): boolean {
  const filters = listeners
    .filter((l) => l["name"] === "virtualOutbound")
    .flatMap((l) => l["default_filter_chain"]?.filters ?? []);
  return filters.some((f) => f.typed_config?.cluster === "BlackHoleCluster");
}

/** SNI names of a gateway's filter chains. */
export function serverNames(listeners: Record<string, any>[]): string[] {
  return listeners.flatMap((l) => l["filter_chains"] ?? []).flatMap((c) => c.filter_chain_match?.server_names ?? []);
}

/** PEM text of the proxy's own certificate with its chain, or undefined. */
export function ownChain(secrets: Record<string, any>[]): string | undefined {
  const inline = secrets.map((s) => s["tls_certificate"]?.certificate_chain?.inline_bytes).find(Boolean);
  return inline ? Buffer.from(inline, "base64").toString("utf8") : undefined;
}

/** PEM text of the roots that the proxy trusts, or undefined. */
export function trustedRoots(secrets: Record<string, any>[]): string | undefined {
  const inline = secrets.map((s) => s["validation_context"]?.trusted_ca?.inline_bytes).find(Boolean);
  return inline ? Buffer.from(inline, "base64").toString("utf8") : undefined;
}
