import { needsRuleFindings } from "../federation/checks/meshConfigFindings.ts";
import { certificateTextsInValues } from "../federation/cluster/istioValueConflicts.ts";
import { meshSettingsOf, ownMeshConfig } from "../federation/cluster/meshSettings.ts";
import { publishedGateways } from "../federation/cluster/publishedGateways.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import type { FederationContract } from "../federation/contract/contract.ts";
import type { Finding } from "../federation/errors/userError.ts";
import { anchorFindings } from "../federation/trust/anchorFindings.ts";
import { ownRootFindings } from "../federation/trust/ownRootFindings.ts";
import { relatedMeshes } from "../federation/trust/peerTrust.ts";
import type { PlannedMesh } from "./planMeshes.ts";

/**
 * The addresses of a mesh's gateway: those of its configuration, else those that it publishes now, at the port of the
 * configuration. Empty where neither says them.
 */
export function deployedGateways(
  { gateway }: Pick<MeshConfig, "gateway">,
  deployed: FederationContract | undefined,
): FederationContract["gateways"] {
  if (gateway.provider === "none") return [];
  if (gateway.addresses) return publishedGateways(gateway.addresses, gateway.port);
  return (deployed?.gateways ?? []).map(({ address }) => ({ address, port: gateway.port }));
}

/** Refuses exports through a gateway whose address only its cluster knows. */
export function addressFindings(config: MeshConfig, deployed: FederationContract | undefined): Finding[] {
  if (config.exports.length === 0 || deployedGateways(config, deployed).length > 0) return [];
  return [
    {
      code: "render-address-unknown",
      subject: "gateway.addresses",
      problem: "is missing; the load balancer of a managed gateway assigns its address, which only the cluster knows",
      remedy: "Set it, or give the contract that the mesh publishes now by --contracts",
    },
  ];
}

/** Refuses pins where the roots of the mesh itself are not known: nobody could then tell who trusts whom. */
export function unknownRootFindings(
  { name, config, roots }: Pick<PlannedMesh, "name" | "config" | "roots">,
  peers: ReadonlyMap<string, FederationContract>,
  rendered: readonly Pick<PlannedMesh, "name" | "config">[],
): Finding[] {
  if (roots.bundle) return [];
  const pinned = relatedMeshes(config).filter((peer) => (config.peers[peer]?.roots.length ?? 0) > 0);
  const pinning = rendered.filter((mesh) => (mesh.config.peers[name]?.roots.length ?? 0) > 0).map((mesh) => mesh.name);
  const trusting = [...peers].flatMap(([peer, { mesh }]) => ((mesh.trusts[name]?.length ?? 0) > 0 ? [peer] : []));
  const others = [...new Set([...pinned, ...pinning, ...trusting])].sort();
  if (others.length === 0) return [];
  return [
    {
      code: "render-roots-unknown",
      subject: `mesh "${name}"`,
      problem: `its roots are not known without its cluster, and roots are pinned between it and ${others.join(", ")}`,
      remedy: "Set ca.rootFile to a file with them, or give the contract that it publishes now by --contracts",
    },
  ];
}

/** What is wrong with the roots of a mesh that a file has, and with those of peers that become anchors. */
export async function rootFindings(
  { config, roots, plan }: PlannedMesh,
  peers: ReadonlyMap<string, FederationContract>,
  now: Date,
): Promise<Finding[]> {
  const { bundle, certificate } = roots;
  const own = { ...plan.identity, ...(certificate === undefined ? {} : { ca: { pem: certificate } }) };
  const entries = certificateTextsInValues(config.istio);
  return [
    ...(bundle ? await ownRootFindings(bundle, now) : []),
    ...(await anchorFindings(plan.anchored, own, peers, now, entries)),
  ];
}

/** Refuses imports without a DestinationRule where the MeshConfig of a managed Istio breaks them. */
export function settingsFindings({ config, plan }: Pick<PlannedMesh, "config" | "plan">): Finding[] {
  const settings = meshSettingsOf(ownMeshConfig(config));
  return plan.imports.flatMap((spec) => needsRuleFindings(spec, settings));
}

/** Refuses pending imports where the stack requires its imports. */
export function pendingFindings({ config, plan }: PlannedMesh): Finding[] {
  if (!config.requireImports) return [];
  return plan.pending
    .filter(({ from }) => !config.quarantine.includes(from))
    .map(({ name, from, reason }) => ({
      code: "import-pending",
      subject: `import "${name}" from mesh "${from}"`,
      problem: `it is pending, and requireImports is set: ${reason}`,
      remedy: "Render the peer first",
    }));
}
