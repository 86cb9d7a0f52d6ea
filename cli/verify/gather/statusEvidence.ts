import { X509Certificate } from "node:crypto";
import type { FederationContract } from "../../../components/plan/contract.ts";
import { importName } from "../../../components/plan/importObjects.ts";
import { ownChain } from "../envoy.ts";
import type { Drift, Expiry } from "../report/status.ts";
import { isReady, type Cluster } from "./cluster.ts";
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

/** What in a mesh's cluster is not as its contract says: hosts of gateways, endpoints and identities of imports. */
export async function driftOf(contract: FederationContract, cluster: Cluster): Promise<Drift[]> {
  const [gateways, entries] = await Promise.all([cluster.istio("networking", "gateways"), cluster.istio("networking", "serviceentries")]);
  const mesh = contract.mesh.name;
  const drift: Drift[] = [];
  const differ = (what: string, live: string[], wanted: string[]): void => {
    const [a, b] = [live, wanted].map((list) => [...new Set(list)].sort().join(", ") || "none") as [string, string];
    if (a !== b) drift.push({ mesh, what: `${what} ${a}, and should be ${b}: \`pulumi up --refresh\`` });
  };
  // Somebody else's gateway may pass other hosts; ours pass the exports, each.
  const ours = gateways.filter((g) => g.metadata.labels?.["app.kubernetes.io/managed-by"] === "mesh-federation");
  if (contract.exports.length > 0 || ours.length > 0) differ("the gateway passes", passthroughOf(ours).flatMap((g) => g.hosts), contract.exports.map((e) => e.host));
  for (const spec of contract.imports.filter((i) => !i.blended)) {
    const name = importName(spec);
    const entry = entries.find((e) => e.metadata.namespace === spec.namespace && e.metadata.name === name);
    if (!entry) {
      drift.push({ mesh, what: `ServiceEntry ${spec.namespace}/${name} is gone: \`pulumi up --refresh\`` });
      continue;
    }
    if (spec.gateways.length > 0) differ(`ServiceEntry ${spec.namespace}/${name} has endpoints`, ((entry.spec["endpoints"] ?? []) as { address: string }[]).map((e) => e.address), spec.gateways.map((g) => g.address));
    if (spec.subjectAltNames.length > 0) differ(`ServiceEntry ${spec.namespace}/${name} pins`, (entry.spec["subjectAltNames"] ?? []) as string[], spec.subjectAltNames);
  }
  return drift;
}
