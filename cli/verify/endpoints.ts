/** An endpoint of a host in a sidecar. */
export interface Endpoint {
  /** `address:port`. */
  address: string;
  /** `HEALTHY`, or Envoy's health flags. */
  health: string;
}

/**
 * Endpoints of a host's port in the text of Envoy's `/clusters`.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--clusters
 */
export function endpointsOf(clusters: string, host: string, port: number): Endpoint[] {
  const prefix = `outbound|${port}||${host}::`;
  return clusters.split("\n").flatMap((line) => {
    const [, address, flags] = line.startsWith(prefix) ? (/^(.+?:\d+)::health_flags::(\S+)$/.exec(line.slice(prefix.length)) ?? []) : [];
    return address && flags ? [{ address, health: flags === "healthy" ? "HEALTHY" : flags }] : [];
  });
}
