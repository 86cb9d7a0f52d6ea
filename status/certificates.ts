import { X509Certificate } from "node:crypto";
import { ownChain } from "../kube/envoy.ts";
import { IstioProxy } from "../kube/istioProxy.ts";
import type { KubeClient } from "../kube/kubeClient.ts";
import { hasProxy, isReady } from "../kube/objects.ts";
import type { Expiry } from "./status.ts";

/** Label that Istio gives every pod with a sidecar or gateway proxy. */
const proxied = { "security.istio.io/tlsMode": "istio" };

/** Number of pods that are read to find a ready one. */
const maxPods = 50;

/** Expiry of the certificates of a mesh: of one of its workloads, and of the CAs above it. */
export async function certificatesOf(mesh: string, cluster: KubeClient): Promise<Expiry[]> {
  const running = { labels: proxied, fields: { "status.phase": "Running" }, limit: maxPods };
  const pod = (await cluster.pods(undefined, running)).find((p) => isReady(p) && hasProxy(p));
  if (!pod) return [];
  const { namespace, name } = pod.metadata;
  const chain = ownChain(await new IstioProxy(cluster, namespace, name).resources("dynamic_active_secrets")) ?? "";
  const certificates = (chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  );
  const seen = new Set<string>();
  return certificates
    .filter((c) => !seen.has(c.fingerprint256) && seen.add(c.fingerprint256))
    .map((c, i) => ({
      mesh,
      certificate: i === 0 ? `workload ${namespace}/${pod.spec?.serviceAccountName ?? name}` : authorityName(c),
      notAfter: Date.parse(c.validTo),
    }));
}

function authorityName({ subject, issuer }: X509Certificate): string {
  return `${subject === issuer ? "root" : "intermediate"} CA ${subject.split("\n").join(", ")}`;
}
