import type { V1Pod } from "@kubernetes/client-node";
import { isReady, type Cluster, type IstioObject } from "../../kube/cluster.ts";
import { fingerprint } from "./clientHello.ts";
import { gatewayFor, type PassthroughGateway } from "./gatewayFor.ts";
import { Proxy } from "../../kube/proxy.ts";
import { managedBy } from "../../federation/objects/labels.ts";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import type { FederationContract } from "../../federation/contract/contract.ts";
import type { Edge } from "../edge.ts";
import { ownChain, serverNames } from "../../kube/envoy.ts";
import type { FarSide } from "../evidence.ts";

/** Where this project puts a gateway, for when no Gateway object is left to say. */
const usual = { namespace: "istio-system", selector: { istio: "eastwestgateway" } };

/** Gateway pods that are asked at most. */
const most = 3;

/** Gateway objects that pass mTLS through, with every host they name. */
export function passthroughOf(gateways: IstioObject[]): PassthroughGateway[] {
  return gateways.flatMap(({ metadata, spec }) => {
    const hosts = ((spec["servers"] ?? []) as { hosts?: string[]; tls?: { mode?: string } }[])
      .filter((s) => s.tls?.mode === "AUTO_PASSTHROUGH")
      .flatMap((s) => s.hosts ?? []);
    // A host may be limited to a namespace, `ns/host`; `./` and `*/` are such, too.
    const selector = (spec["selector"] ?? {}) as Record<string, string>;
    return hosts.length === 0
      ? []
      : [
          {
            object: `${metadata.namespace}/${metadata.name}`,
            namespace: metadata.namespace,
            selector,
            hosts: hosts.map((h) => h.split("/").at(-1)!),
            ours: metadata.labels?.["app.kubernetes.io/managed-by"] === managedBy,
          },
        ];
  });
}

/** The gateway that a host comes through, or a mesh's own, with some of its ready pods' proxies. */
async function gatewayProxies(
  cluster: Cluster,
  host?: string,
): Promise<{ gateways: PassthroughGateway[]; pods: { ready: number; total: number }; proxies: Proxy[] }> {
  const gateways = passthroughOf(await cluster.istio("networking", "gateways"));
  const at = gatewayFor(gateways, host) ?? usual;
  const beside = await cluster.pods(at.namespace, at.selector);
  // A Gateway object may select pods of another namespace.
  const pods =
    beside.length > 0 || Object.keys(at.selector).length === 0 ? beside : await podsAnywhere(cluster, at.selector);
  const ready = pods.filter(isReady);
  return {
    gateways,
    pods: { ready: ready.length, total: pods.length },
    proxies: ready.slice(0, most).map(({ metadata }) => new Proxy(cluster, metadata!.namespace!, metadata!.name!)),
  };
}

async function podsAnywhere(cluster: Cluster, labels: Record<string, string>): Promise<V1Pod[]> {
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return (await cluster.inTime(cluster.core.listPodForAllNamespaces({ labelSelector }))).items;
}

/** SHA-256 of the intermediate that issued the certificate of a mesh's own gateway; undefined where it has none. */
export async function gatewayIssuer(cluster: Cluster): Promise<string | undefined> {
  const { proxies } = await gatewayProxies(cluster);
  const chain = proxies[0] && ownChain(await proxies[0].resources("dynamic_active_secrets"));
  const certificates = chain?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates[1] && fingerprint(certificates[1]);
}

/** Looks at the exporting side of an edge in its own cluster. */
export async function lookAtFarSide(cluster: Cluster, contract: FederationContract, edge: Edge): Promise<FarSide> {
  const exported = contract.exports.find((e) => e.name === edge.name);
  const [service = "", namespace = ""] = exported
    ? [exported.service, exported.namespace]
    : edge.exportedHost.split(".");
  const [{ gateways, pods, proxies }, behind] = await Promise.all([
    gatewayProxies(cluster, edge.exportedHost),
    serving(cluster, namespace, service),
  ]);
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  const asked = await Promise.allSettled(
    proxies.map(async (proxy) => ({
      chain: serverNames(await proxy.resources("dynamic_listeners")).includes(sni),
      endpoints: await proxy.endpoints(sni),
    })),
  );
  const told = asked.flatMap((a) => (a.status === "fulfilled" ? [a.value] : []));
  if (told.length === 0 && asked[0]?.status === "rejected") throw asked[0].reason;
  // A pod that has just started may lack what the others have.
  const seen = told.find((t) => t.chain) ?? told[0];
  return {
    mesh: contract.mesh.name,
    passthrough: gateways.map(({ object, hosts }) => ({ object, hosts })),
    gatewayPods: pods,
    chain: seen?.chain,
    endpoints: seen?.endpoints ?? [],
    service: {
      name: `${namespace}/${service}`,
      exists: behind.exists,
      ready: behind.pods.filter(isReady).length,
      total: behind.pods.length,
    },
    policies: await policiesOn(
      cluster,
      namespace,
      behind.pods.map((p) => p.metadata?.labels ?? {}),
    ),
  };
}

/** A Service and the pods it selects. */
async function serving(cluster: Cluster, namespace: string, service: string) {
  const { items } = await cluster.inTime(
    cluster.core.listNamespacedService({ namespace, fieldSelector: `metadata.name=${service}` }),
  );
  const selector = items[0]?.spec?.selector;
  return { exists: items.length > 0, pods: selector ? await cluster.pods(namespace, selector) : [] };
}

/** Policies that can refuse a call to pods with one of these sets of labels. */
async function policiesOn(cluster: Cluster, namespace: string, labels: Record<string, string>[]): Promise<string[]> {
  const policies = (await cluster.istio("security", "authorizationpolicies")).filter((p) =>
    [namespace, usual.namespace].includes(p.metadata.namespace),
  );
  return policies
    .filter(({ spec }) => {
      const wanted = Object.entries((spec["selector"]?.matchLabels ?? {}) as Record<string, string>);
      return spec["action"] !== "AUDIT" && labels.some((own) => wanted.every(([key, value]) => own[key] === value));
    })
    .map(({ metadata, spec }) => `${spec["action"] ?? "ALLOW"} ${metadata.namespace}/${metadata.name}`);
}
