import { X509Certificate } from "node:crypto";
import { ownChain } from "../kube/envoy.ts";
import type { Expiry } from "./screen.ts";
import { isReady, type Cluster } from "../kube/cluster.ts";
import { Proxy } from "../kube/proxy.ts";

/** Label that Istio gives every pod with a sidecar or gateway proxy. */
const proxied = { "security.istio.io/tlsMode": "istio" };

/** When the certificates of a mesh end: of one of its workloads, and of the CAs above it. */
export async function certificatesOf(mesh: string, cluster: Cluster): Promise<Expiry[]> {
  const labelSelector = Object.entries(proxied)
    .map(([key, value]) => `${key}=${value}`)
    .join();
  const { items } = await cluster.inTime(
    cluster.core.listPodForAllNamespaces({ labelSelector, fieldSelector: "status.phase=Running", limit: 50 }),
  );
  const pod = items.find(
    (p) =>
      isReady(p) &&
      [...(p.spec?.containers ?? []), ...(p.spec?.initContainers ?? [])].some((c) => c.name === "istio-proxy"),
  );
  if (!pod) return [];
  const { namespace, name } = pod.metadata as { namespace: string; name: string };
  const chain = ownChain(await new Proxy(cluster, namespace, name).resources("dynamic_active_secrets")) ?? "";
  const certificates = (chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );
  const seen = new Set<string>();
  return certificates
    .filter((c) => !seen.has(c.fingerprint256) && seen.add(c.fingerprint256))
    .map((c, i) => ({
      mesh,
      what:
        i === 0
          ? `workload ${namespace}/${pod.spec?.serviceAccountName ?? name}`
          : c.subject === c.issuer
            ? `root CA ${nameOf(c)}`
            : `intermediate CA ${nameOf(c)}`,
      notAfter: Date.parse(c.validTo),
    }));
}

function nameOf(certificate: X509Certificate): string {
  return certificate.subject.split("\n").join(", ");
}
