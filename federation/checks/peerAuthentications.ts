import type { Finding } from "../errors/userError.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";
import type { LiveCluster, LivePeerAuthentication } from "./liveCluster.ts";

/**
 * Names the PeerAuthentication that switches auto mTLS off for an import without a DestinationRule: one of mode DISABLE
 * in the import's namespace, or mesh-wide. Istio takes the endpoints of a ServiceEntry for workloads of its namespace,
 * and sends plain text to workloads of this mode. One with labels is for pods that have them.
 *
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/model/push_context.go (BestEffortInferServiceMTLSMode)
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/xds/endpoints/mtls_checker.go (checkMtlsEnabled)
 */
export function peerAuthenticationProblems(
  spec: ResolvedImport,
  { peerAuthentications = [] }: Pick<LiveCluster, "peerAuthentications">,
  rootNamespace: string,
): Finding[] {
  if (spec.hasRule) return [];
  const own = oldest(peerAuthentications, spec.namespace);
  const decisive = own && own.mode !== "UNSET" ? own : oldest(peerAuthentications, rootNamespace);
  if (decisive?.mode !== "DISABLE") return [];
  const { namespace, name } = decisive;
  return [
    {
      code: "live-peer-authentication",
      subject: `import "${spec.name}"`,
      problem:
        `it has no DestinationRule, and the PeerAuthentication ${namespace}/${name} disables mTLS in its namespace ` +
        `${spec.namespace}, so that calls reach the peer's gateway as plain text`,
      remedy: "Set importRules: always, set another namespace of the import, or remove the mode",
    },
  ];
}

function oldest(policies: readonly LivePeerAuthentication[], namespace: string): LivePeerAuthentication | undefined {
  return policies
    .filter((policy) => policy.namespace === namespace)
    .sort((a, b) => a.created.localeCompare(b.created) || a.name.localeCompare(b.name))[0];
}
