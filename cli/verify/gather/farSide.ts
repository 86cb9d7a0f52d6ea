import { isReady, type Cluster, type IstioObject } from "./cluster.ts";
import { fingerprint } from "./clientHello.ts";
import { Proxy } from "./proxy.ts";
import { autoPassthroughSni } from "../../../components/plan/names.ts";
import type { FederationContract } from "../../../components/plan/contract.ts";
import type { Edge } from "../edge.ts";
import { ownChain, serverNames } from "../envoy.ts";
import type { FarSide } from "../evidence.ts";

/** Where this project puts a gateway, for when no Gateway object is left to say. */
const usual = { namespace: "istio-system", selector: { istio: "eastwestgateway" } };

/** Gateway objects that pass mTLS through, with every host they name. */
export function passthroughOf(gateways: IstioObject[]): { object: string; namespace: string; selector: Record<string, string>; hosts: string[] }[] {
  return gateways.flatMap(({ metadata, spec }) => {
    const hosts = ((spec["servers"] ?? []) as { hosts?: string[]; tls?: { mode?: string } }[]).filter((s) => s.tls?.mode === "AUTO_PASSTHROUGH").flatMap((s) => s.hosts ?? []);
    // A host may be limited to a namespace, `ns/host`; `./` and `*/` are such, too.
    return hosts.length === 0 ? [] : [{ object: `${metadata.namespace}/${metadata.name}`, namespace: metadata.namespace, selector: (spec["selector"] ?? {}) as Record<string, string>, hosts: hosts.map((h) => h.split("/").at(-1)!) }];
  });
}

async function gatewayProxy(cluster: Cluster): Promise<{ gateways: ReturnType<typeof passthroughOf>; pods: { ready: number; total: number }; proxy: Proxy | undefined }> {
  const gateways = passthroughOf(await cluster.istio("networking", "gateways"));
  const at = gateways[0] ?? usual;
  const pods = await cluster.pods(at.namespace, at.selector);
  const ready = pods.filter(isReady);
  return { gateways, pods: { ready: ready.length, total: pods.length }, proxy: ready[0] && new Proxy(cluster, at.namespace, ready[0].metadata!.name!) };
}

/** SHA-256 of the intermediate that issued the certificate of a mesh's own gateway; undefined where it has none. */
export async function gatewayIssuer(cluster: Cluster): Promise<string | undefined> {
  const { proxy } = await gatewayProxy(cluster);
  const chain = proxy && ownChain(await proxy.resources("dynamic_active_secrets"));
  const certificates = chain?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates[1] && fingerprint(certificates[1]);
}

/** Looks at the exporting side of an edge in its own cluster. */
export async function lookAtFarSide(cluster: Cluster, contract: FederationContract, edge: Edge): Promise<FarSide> {
  const exported = contract.exports.find((e) => e.name === edge.name);
  const [service = "", namespace = ""] = exported ? [exported.service, exported.namespace] : edge.exportedHost.split(".");
  const [{ gateways, pods, proxy }, behind] = await Promise.all([gatewayProxy(cluster), serving(cluster, namespace, service)]);
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  const [chain, endpoints] = proxy ? await Promise.all([proxy.resources("dynamic_listeners").then((l) => serverNames(l).includes(sni)), proxy.endpoints(sni)]) : [undefined, []];
  return {
    mesh: contract.mesh.name,
    passthrough: gateways.map(({ object, hosts }) => ({ object, hosts })),
    gatewayPods: pods,
    chain,
    endpoints,
    service: { name: `${namespace}/${service}`, exists: behind.exists, ready: behind.pods.filter(isReady).length, total: behind.pods.length },
    policies: await policiesOn(cluster, namespace, behind.pods.map((p) => p.metadata?.labels ?? {})),
  };
}

/** A Service and the pods it selects. */
async function serving(cluster: Cluster, namespace: string, service: string) {
  const { items } = await cluster.inTime(cluster.core.listNamespacedService({ namespace, fieldSelector: `metadata.name=${service}` }));
  const selector = items[0]?.spec?.selector;
  return { exists: items.length > 0, pods: selector ? await cluster.pods(namespace, selector) : [] };
}

/** Policies that can refuse a call to pods with one of these sets of labels. */
async function policiesOn(cluster: Cluster, namespace: string, labels: Record<string, string>[]): Promise<string[]> {
  const policies = (await cluster.istio("security", "authorizationpolicies")).filter((p) => [namespace, usual.namespace].includes(p.metadata.namespace));
  return policies
    .filter(({ spec }) => {
      const wanted = Object.entries((spec["selector"]?.matchLabels ?? {}) as Record<string, string>);
      return spec["action"] !== "AUDIT" && labels.some((own) => wanted.every(([key, value]) => own[key] === value));
    })
    .map(({ metadata, spec }) => `${spec["action"] ?? "ALLOW"} ${metadata.namespace}/${metadata.name}`);
}
