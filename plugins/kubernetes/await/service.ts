import type { Operation } from "../object/api.ts";
import type { LiveObject } from "../object/state.ts";
import type { Readiness } from "./readiness.ts";

/** How long a Service's endpoints must stay unchanged and ready, in milliseconds, before it counts as live. */
const settling = 10_000;

/**
 * A Service is ready when its load balancer has an address, if it has one, and its endpoints have been ready and
 * unchanged for a while: pods that are just starting come and go.
 */
export function serviceReadiness(operation: Operation): Readiness {
  let seen = "";
  let since = Date.now();
  return async (live) => {
    if (live.spec?.type === "LoadBalancer" && !live.status?.loadBalancer?.ingress?.length) return "waiting for the load balancer's address";
    if (!hasPods(live)) return undefined;
    const { ready, unready } = await endpointsOf(operation, live);
    const now = JSON.stringify([ready, unready]);
    if (now !== seen) [seen, since] = [now, Date.now()];
    if (unready.length > 0 || (ready.length === 0 && live.spec?.type !== "ClusterIP")) return `waiting for endpoints to be ready (${ready.length} of ${ready.length + unready.length})`;
    if (ready.length === 0) return "waiting for endpoints: no pod matches the selector";
    return Date.now() - since >= settling ? undefined : "waiting until the endpoints have settled";
  };
}

function hasPods(live: LiveObject): boolean {
  const selector = live.spec?.selector ?? {};
  return live.spec?.type !== "ExternalName" && live.spec?.clusterIP !== "None" && Object.keys(selector).length > 0;
}

async function endpointsOf(operation: Operation, live: LiveObject): Promise<{ ready: string[]; unready: string[] }> {
  const { name, namespace } = live.metadata;
  const query = { labelSelector: `kubernetes.io/service-name=${name}` };
  const { body } = await operation.cluster.request("GET", `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, { query, signal: operation.signal });
  const endpoints = ((body.items ?? []) as any[]).flatMap((slice) => (slice.endpoints ?? []) as { addresses: string[]; conditions?: { ready?: boolean; terminating?: boolean } }[]);
  const addresses = (wanted: boolean): string[] => endpoints.filter((e) => (e.conditions?.ready ?? true) === wanted && !(e.conditions?.terminating && !wanted)).flatMap((e) => e.addresses).sort();
  return { ready: addresses(true), unready: addresses(false) };
}
