import type { Operation } from "../object/api.ts";
import type { LiveObject } from "../object/state.ts";
import type { Readiness } from "./readiness.ts";

/** How long a Service's endpoints must stay unchanged and ready, in milliseconds, before it counts as live. */
const settling = 10_000;

/**
 * A Service is ready when its load balancer has an address, if it has one, and none of its endpoints has been
 * unready or changed for a while: pods that are just starting come and go. It may have none: its pods may be yet to
 * come.
 */
export function serviceReadiness(operation: Operation): Readiness {
  let seen = "";
  let since = Date.now();
  return async (live, last) => {
    if (live.spec?.type === "LoadBalancer" && !live.status?.loadBalancer?.ingress?.length)
      return "waiting for the load balancer's address";
    if (!hasPods(live)) return undefined;
    const endpoints = await endpointsOf(operation, live);
    if (!endpoints) return "waiting for the endpoints controller";
    const { ready, unready } = endpoints;
    const now = JSON.stringify([ready, unready]);
    if (now !== seen) [seen, since] = [now, Date.now()];
    if (unready.length > 0)
      return `waiting for endpoints to be ready (${ready.length} of ${ready.length + unready.length})`;
    return last || Date.now() - since >= settling ? undefined : "waiting until the endpoints have settled";
  };
}

function hasPods(live: LiveObject): boolean {
  const selector = live.spec?.selector ?? {};
  return live.spec?.type !== "ExternalName" && live.spec?.clusterIP !== "None" && Object.keys(selector).length > 0;
}

/** Addresses of a Service's pods; undefined when nobody has looked for any yet. */
async function endpointsOf(
  operation: Operation,
  live: LiveObject,
): Promise<{ ready: string[]; unready: string[] } | undefined> {
  const { name, namespace } = live.metadata;
  const query = { labelSelector: `kubernetes.io/service-name=${name}` };
  const { status, body } = await operation.cluster.request(
    "GET",
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    { query, signal: operation.signal },
  );
  // Who may not see endpoints cannot wait for them.
  if (status === 403) return { ready: [], unready: [] };
  const slices = (body.items ?? []) as any[];
  if (slices.length === 0) return undefined;
  const endpoints = slices.flatMap(
    (slice) =>
      (slice.endpoints ?? []) as { addresses: string[]; conditions?: { ready?: boolean; terminating?: boolean } }[],
  );
  const addresses = (wanted: boolean): string[] =>
    endpoints
      .filter((e) => (e.conditions?.ready ?? true) === wanted && !(e.conditions?.terminating && !wanted))
      .flatMap((e) => e.addresses)
      .sort();
  return { ready: addresses(true), unready: addresses(false) };
}
