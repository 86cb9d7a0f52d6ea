import { X509Certificate } from "node:crypto";
import type { FederationContract, ServicePort } from "../../../components/plan/contract.ts";
import { importDestinationRule, importName } from "../../../components/plan/importObjects.ts";
import { ownChain } from "../envoy.ts";
import { socketAddress } from "../../../components/plan/socketAddress.ts";
import type { LiveDrift, Expiry } from "../report/status.ts";
import { isReady, type Cluster, type IstioObject } from "./cluster.ts";
import { passthroughOf } from "./farSide.ts";
import { Proxy } from "./proxy.ts";

/** Label that Istio gives every pod with a sidecar or gateway proxy. */
const proxied = { "security.istio.io/tlsMode": "istio" };

/** When the certificates of a mesh end: of one of its workloads, and of the CAs above it. */
export async function certificatesOf(mesh: string, cluster: Cluster): Promise<Expiry[]> {
  const labelSelector = Object.entries(proxied).map(([key, value]) => `${key}=${value}`).join();
  const { items } = await cluster.inTime(cluster.core.listPodForAllNamespaces({ labelSelector, limit: 50 }));
  const pod = items.find((p) => isReady(p) && [...(p.spec?.containers ?? []), ...(p.spec?.initContainers ?? [])].some((c) => c.name === "istio-proxy"));
  if (!pod) return [];
  const { namespace, name } = pod.metadata as { namespace: string; name: string };
  const chain = ownChain(await new Proxy(cluster, namespace, name).resources("dynamic_active_secrets")) ?? "";
  const certificates = (chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem));
  const seen = new Set<string>();
  return certificates
    .filter((c) => !seen.has(c.fingerprint256) && seen.add(c.fingerprint256))
    .map((c, i) => ({ mesh, what: i === 0 ? `workload ${namespace}/${pod.spec?.serviceAccountName ?? name}` : c.subject === c.issuer ? `root CA ${nameOf(c)}` : `intermediate CA ${nameOf(c)}`, notAfter: Date.parse(c.validTo) }));
}

function nameOf(certificate: X509Certificate): string {
  return certificate.subject.split("\n").join(", ");
}

/**
 * What in a mesh's cluster is not as its contract says: hosts of gateways, callers of exports, and what the
 * objects of imports say.
 */
export async function liveDriftOf(contract: FederationContract, cluster: Cluster): Promise<LiveDrift[]> {
  const restricted = contract.exports.filter((e) => e.callers.length > 0 && e.to.length > 0);
  const [gateways, entries, rules, policies] = await Promise.all([
    cluster.istio("networking", "gateways"),
    cluster.istio("networking", "serviceentries"),
    cluster.istio("networking", "destinationrules"),
    // Who restricts nobody needs no right to list them.
    restricted.length > 0 ? cluster.istio("security", "authorizationpolicies") : [],
  ]);
  const mesh = contract.mesh.name;
  const drift: LiveDrift[] = [];
  const differ = (what: string, live: string[], wanted: string[]): void => {
    const [a, b] = [live, wanted].map((list) => [...new Set(list)].sort().join(", ") || "none") as [string, string];
    if (a !== b) drift.push({ mesh, what: `${what} ${a}, and should be ${b}: \`pulumi up --refresh\`` });
  };
  // Somebody else's gateway may pass other hosts; ours pass the exports, each.
  const ours = gateways.filter((g) => g.metadata.labels?.["app.kubernetes.io/managed-by"] === "mesh-federation");
  if (contract.exports.length > 0 || ours.length > 0) differ("the gateway passes", passthroughOf(ours).flatMap((g) => g.hosts), contract.exports.map((e) => e.host));
  const find = (objects: IstioObject[], kind: string, namespace: string, name: string): IstioObject | undefined => {
    const found = objects.find((o) => o.metadata.namespace === namespace && o.metadata.name === name);
    if (!found) drift.push({ mesh, what: `${kind} ${namespace}/${name} is gone: \`pulumi up --refresh\`` });
    return found;
  };
  for (const { name, namespace } of restricted) find(policies, "AuthorizationPolicy", namespace, `export-${name}`);
  for (const spec of contract.imports.filter((i) => !i.blended)) {
    const name = importName(spec);
    const entry = find(entries, "ServiceEntry", spec.namespace, name);
    if (entry) {
      const says = `ServiceEntry ${spec.namespace}/${name}`;
      differ(`${says} has ports`, portsOf(entry.spec["ports"]), portsOf(spec.ports));
      differ(`${says} is exported to`, (entry.spec["exportTo"] ?? []) as string[], spec.visibleTo);
      if (spec.gateways.length > 0) differ(`${says} has endpoints`, endpointsOf(entry), spec.gateways.map(socketAddress));
      if (spec.subjectAltNames.length > 0) differ(`${says} pins`, (entry.spec["subjectAltNames"] ?? []) as string[], spec.subjectAltNames);
    }
    const rule = find(rules, "DestinationRule", spec.namespace, name);
    // What an earlier release published does not tell its SNI.
    if (!rule || !spec.exportedHost) continue;
    const wanted = importDestinationRule({ ...spec, id: spec.id ?? name, blend: undefined }).spec;
    const says = `DestinationRule ${spec.namespace}/${name}`;
    differ(`${says} is for host`, [rule.spec["host"] as string], [wanted.host]);
    differ(`${says} has TLS`, tlsOf(rule.spec), tlsOf(wanted));
    differ(`${says} is exported to`, (rule.spec["exportTo"] ?? []) as string[], wanted.exportTo);
  }
  return drift;
}

function portsOf(ports: ServicePort[] = []): string[] {
  return ports.map((p) => `${p.name} ${p.number}/${p.protocol}`);
}

/** Endpoints of a ServiceEntry with the ports at which they take calls. */
function endpointsOf({ spec }: IstioObject): string[] {
  const endpoints = (spec["endpoints"] ?? []) as { address: string; ports?: Record<string, number> }[];
  return endpoints.flatMap(({ address, ports }) => (ports ? Object.values(ports).map((port) => socketAddress({ address, port })) : [address]));
}

/** What a DestinationRule says about TLS: for all, per port, and per subset. */
function tlsOf({ trafficPolicy, subsets = [] }: Record<string, any>): string[] {
  const policies = [{ of: "", policy: trafficPolicy }, ...subsets.map((s: Record<string, any>) => ({ of: `subset ${s["name"]}`, policy: s["trafficPolicy"] }))] as { of: string; policy?: Record<string, any> }[];
  const text = (of: string, port: string, tls: Record<string, any> = {}) => [of, port, tls["mode"] ?? "as it comes", tls["sni"] && `SNI ${tls["sni"]}`, ...(tls["subjectAltNames"] ?? [])].filter(Boolean).join(" ");
  return policies.flatMap(({ of, policy }) => [text(of, "", policy?.["tls"]), ...(policy?.["portLevelSettings"] ?? []).map((p: Record<string, any>) => text(of, `port ${p["port"]?.number}`, p["tls"]))]);
}
