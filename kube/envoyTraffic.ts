/** What a proxy sends to, and whom it denies, in answers of Envoy's administration interface. */

/**
 * Addresses of all endpoints of a proxy, `address:port`, from the text of `/clusters`; also by the host name that was
 * looked up for them. https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--clusters
 */
export function endpointAddresses(clusters: string): Set<string> {
  const found = new Set<string>();
  for (const line of clusters.split("\n")) {
    const [, address, port, key, value] = /^.*?::(\S+?):(\d+)::(health_flags|hostname)::(\S*)\s*$/.exec(line) ?? [];
    if (address === undefined) continue;
    found.add(`${address}:${port}`);
    if (key === "hostname" && value) found.add(`${value}:${port}`);
  }
  return found;
}

/**
 * The DENY policies in force in listeners, by Istio's name for each rule (`ns[a]-policy[b]-rule[0]`), as JSON text.
 * Those on trial (`shadow_rules`) are not in force.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto
 */
export function denials(listeners: readonly unknown[]): Map<string, string> {
  const found = new Map<string, string>();
  const search = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { rules } = value as { rules?: { action?: unknown; policies?: Record<string, unknown> } };
    if (rules?.action === "DENY")
      for (const [name, policy] of Object.entries(rules.policies ?? {})) found.set(name, JSON.stringify(policy));
    Object.values(value).forEach(search);
  };
  listeners.forEach(search);
  return found;
}
