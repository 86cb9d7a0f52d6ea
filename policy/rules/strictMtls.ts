import { is, objectName, type Resource, type Rule } from "../rule.ts";

/** https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
export const strictMtls: Rule = {
  name: "strict-mtls-stays",
  description: "Mutual TLS is STRICT, mesh-wide and without exceptions. A workload that takes plaintext takes callers whom no policy can name.",
  scope: "stack",
  check: (resources) => [...resources.flatMap(weakened), ...missing(resources)],
};

function weakened(resource: Resource) {
  if (!is(resource, "security.istio.io", "PeerAuthentication")) return [];
  const { mtls, portLevelMtls = {} } = resource.props["spec"] ?? {};
  const modes: [string, string | undefined][] = [["mtls", mtls?.mode], ...Object.entries(portLevelMtls as Record<string, { mode?: string }>).map(([port, m]): [string, string | undefined] => [`port ${port}`, m?.mode])];
  return modes
    .filter(([, mode]) => mode === "PERMISSIVE" || mode === "DISABLE")
    .map(([where, mode]) => ({ resource, message: `${objectName(resource)} sets ${where} to ${mode}; use STRICT, or leave it out and the mesh's STRICT applies` }));
}

/** A stack that runs istiod keeps the mesh-wide policy: in istiod's namespace, for every workload. */
function missing(resources: Resource[]) {
  const isWide = (r: Resource, namespace: string): boolean =>
    is(r, "security.istio.io", "PeerAuthentication") && r.props["metadata"]?.namespace === namespace && !r.props["spec"]?.selector && r.props["spec"]?.mtls?.mode === "STRICT";
  return resources
    .filter((r) => is(r, "apps", "Deployment") && (r.props["metadata"]?.labels?.app === "istiod" || r.props["metadata"]?.labels?.istio === "pilot"))
    .map((r) => ({ resource: r, namespace: String(r.props["metadata"].namespace) }))
    .filter(({ namespace }) => !resources.some((r) => isWide(r, namespace)))
    .map(({ resource, namespace }) => ({ resource, message: `this stack runs istiod in ${namespace}, but no mesh-wide STRICT PeerAuthentication there; keep one in ${namespace} without a selector, with mtls.mode STRICT` }));
}
