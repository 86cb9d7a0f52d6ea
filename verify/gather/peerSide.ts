import { hasProxy, isLiving, isReady, type IstioObject, type Pod } from "../../kube/objects.ts";
import { ownChain, serverNames } from "../../kube/envoy.ts";
import { IstioProxy } from "../../kube/istioProxy.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { readProxyTrust } from "../../kube/meshTrust.ts";
import type { FederationContract } from "../../federation/contract/contract.ts";
import { managedGatewayLabels } from "../../federation/cluster/gatewayObjects.ts";
import { defaultGateway as managedGateway } from "../../federation/config/defaults.ts";
import { isManaged } from "../../federation/objects/labels.ts";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import type { Edge } from "../edge.ts";
import type { PeerSide } from "../evidence.ts";
import { fingerprint } from "./clientHello.ts";
import { gatewayFor, type PassthroughGateway } from "./gatewayFor.ts";
import { overlappingGateways } from "./overlappingGateways.ts";

/** This project's gateway by default; used where no Gateway object names one. */
export const defaultGateway: Pick<PassthroughGateway, "namespace" | "selector"> = {
  namespace: managedGateway.namespace,
  selector: managedGatewayLabels(managedGateway.name),
};

/** Number of gateway pods that are read at most. */
export const maxPods = 3;

/** Gateway objects that pass mTLS through, with all their hosts. */
export function passthroughOf(gateways: IstioObject[]): PassthroughGateway[] {
  return gateways.flatMap(({ metadata, spec }) => {
    const hosts = ((spec["servers"] ?? []) as { hosts?: string[]; tls?: { mode?: string } }[])
      .filter((s) => s.tls?.mode === "AUTO_PASSTHROUGH")
      .flatMap((s) => s.hosts ?? []);
    // A host may have a namespace in front: `ns/host`, `./host`, `*/host`.
    const selector = (spec["selector"] ?? {}) as Record<string, string>;
    return hosts.length === 0
      ? []
      : [
          {
            object: `${metadata.namespace}/${metadata.name}`,
            namespace: metadata.namespace,
            selector,
            hosts: hosts.map((h) => h.split("/").at(-1)!),
            managed: isManaged(metadata),
          },
        ];
  });
}

/** The pods of a gateway. A Gateway object may select pods of another namespace. */
export async function gatewayPods(
  client: KubeClient,
  { namespace, selector }: Pick<PassthroughGateway, "namespace" | "selector">,
): Promise<Pod[]> {
  const own = await client.pods(namespace, { labels: selector });
  const elsewhere = own.length === 0 && Object.keys(selector).length > 0;
  return elsewhere ? client.pods(undefined, { labels: selector }) : own;
}

/** The gateway of a host, or of a mesh, with the proxies of some of its ready pods. */
export async function gatewayProxies(client: KubeClient, host?: string) {
  const objects = await client.istio("networking", "gateways");
  const gateways = passthroughOf(objects);
  const pods = await gatewayPods(client, gatewayFor(gateways, host) ?? defaultGateway);
  const proxyOf = ({ metadata }: Pod) => new IstioProxy(client, metadata.namespace, metadata.name);
  const ready = pods.filter(isReady);
  const running = pods.filter((pod) => !isReady(pod) && isLiving(pod) && pod.status?.phase === "Running");
  return {
    gateways,
    pods: { ready: ready.length, total: pods.length },
    proxies: ready.slice(0, maxPods).map(proxyOf),
    /** Proxies of running pods that are not ready: Envoy may have rejected their configuration. */
    unready: running.slice(0, maxPods).map(proxyOf),
    overlapping: overlappingGateways(objects, pods),
  };
}

/** SHA-256 of the intermediate that issued the certificate of a mesh's own gateway; undefined where it has none. */
export async function gatewayIssuer(client: KubeClient): Promise<string | undefined> {
  const { proxies } = await gatewayProxies(client);
  const chain = proxies[0] && ownChain(await proxies[0].resources("dynamic_active_secrets"));
  const certificates = chain?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates[1] && fingerprint(certificates[1]);
}

/** Reads the exporting side of an edge in its own cluster. */
export async function readPeerSide(client: KubeClient, contract: FederationContract, edge: Edge): Promise<PeerSide> {
  const exported = contract.exports.find((e) => e.name === edge.name);
  const [service = "", namespace = ""] = exported
    ? [exported.service, exported.namespace]
    : edge.exportedHost.split(".");
  const [{ gateways, pods, proxies, unready, overlapping }, behind] = await Promise.all([
    gatewayProxies(client, edge.exportedHost),
    serving(client, namespace, service),
  ]);
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  const readings = await Promise.allSettled(
    proxies.map(async (proxy) => {
      const [{ active, rejected }, endpoints] = await Promise.all([proxy.listeners(), proxy.endpoints(sni)]);
      return { chain: serverNames(active).includes(sni), endpoints, rejected };
    }),
  );
  const starting = await Promise.allSettled(unready.map((proxy) => proxy.listeners()));
  const read = readings.flatMap((r) => (r.status === "fulfilled" ? [r.value] : []));
  if (read.length === 0 && readings[0]?.status === "rejected") throw readings[0].reason;
  const rejected = [...starting, ...readings].flatMap((r) => (r.status === "fulfilled" ? r.value.rejected : []));
  // A pod that has just started may lack configuration that the others have.
  const reading = read.find((r) => r.chain) ?? read[0];
  return {
    mesh: contract.mesh.name,
    passthrough: gateways.map(({ object, hosts }) => ({ object, hosts })),
    gatewayPods: pods,
    rejected,
    overlapping,
    chain: reading?.chain,
    endpoints: reading?.endpoints ?? [],
    service: {
      name: `${namespace}/${service}`,
      exists: behind.exists,
      ready: behind.pods.filter(isReady).length,
      total: behind.pods.length,
    },
    bundle: await servingBundle(client, behind.pods),
    policies: await policiesOn(
      client,
      namespace,
      behind.pods.map((p) => p.metadata.labels ?? {}),
    ),
  };
}

/** A Service and the pods it selects. */
async function serving(client: KubeClient, namespace: string, service: string) {
  const found = await client.services(namespace, { fields: { "metadata.name": service } });
  const selector = found[0]?.spec?.selector;
  return { exists: found.length > 0, pods: selector ? await client.pods(namespace, { labels: selector }) : [] };
}

/** The bundle of one workload behind a Service. */
async function servingBundle(client: KubeClient, pods: Pod[]) {
  const pod = pods.find((p) => isReady(p) && hasProxy(p));
  if (!pod) return undefined;
  const { namespace, name } = pod.metadata;
  return readProxyTrust(new IstioProxy(client, namespace, name)).then(
    ({ bundle }) => bundle,
    () => undefined,
  );
}

/** Policies that can deny a call to pods with one of these sets of labels. */
async function policiesOn(client: KubeClient, namespace: string, labels: Record<string, string>[]): Promise<string[]> {
  const policies = (await client.istio("security", "authorizationpolicies")).filter((p) =>
    [namespace, defaultGateway.namespace].includes(p.metadata.namespace),
  );
  return policies
    .filter(({ spec }) => {
      const wanted = Object.entries((spec["selector"]?.matchLabels ?? {}) as Record<string, string>);
      return spec["action"] !== "AUDIT" && labels.some((own) => wanted.every(([key, value]) => own[key] === value));
    })
    .map(({ metadata, spec }) => `${spec["action"] ?? "ALLOW"} ${metadata.namespace}/${metadata.name}`);
}
