import { is, objectName, resourceRule, type Resource } from "../rule.ts";

/** Label by which istiod takes a Secret for access to another cluster's API server. https://istio.io/latest/docs/setup/install/multicluster/ */
const remoteSecretLabel = "istio/multiCluster";

export const peerCredentials = resourceRule(
  "no-peer-credentials",
  "No cluster holds access to a peer's API server: no remote secret, no kubeconfig in a Secret or ConfigMap. Peers learn of each other by contract only.",
  (resource) => {
    if (!is(resource, "", "Secret") && !is(resource, "", "ConfigMap")) return [];
    const { labels = {}, annotations = {} } = resource.props["metadata"] ?? {};
    if (labels[remoteSecretLabel] === "true" || annotations["networking.istio.io/cluster"] !== undefined)
      return [`${objectName(resource)} is a remote secret (${remoteSecretLabel}): istiod would read another cluster's API server with it; import the peer's service instead`];
    return contents(resource)
      .filter(([key, value]) => isKubeconfig(value) || /(^|[-_.])kubeconfig($|[-_.])/i.test(key))
      .map(([key]) => `${objectName(resource)} holds a kubeconfig in key "${key}"; keep access to clusters out of clusters`);
  },
);

/** Keys and texts of a Secret or ConfigMap; `data` of a Secret is base64. Secret values are masked in a preview. */
function contents(resource: Resource): [string, string][] {
  const { data = {}, stringData = {} } = resource.props;
  const decode = (value: unknown): string => (is(resource, "", "Secret") ? Buffer.from(String(value), "base64").toString() : String(value));
  const entries = (value: unknown): [string, unknown][] => (typeof value === "object" && value !== null ? Object.entries(value) : []);
  return [...entries(data).map(([k, v]): [string, string] => [k, decode(v)]), ...entries(stringData).map(([k, v]): [string, string] => [k, String(v)])];
}

function isKubeconfig(text: string): boolean {
  return /["']?kind["']?\s*:\s*["']?Config\b/.test(text) && /["']?clusters["']?\s*:/.test(text) && /["']?users["']?\s*:/.test(text);
}
