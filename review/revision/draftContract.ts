import type { SiblingMesh } from "../../federation/config/declaredMesh.ts";
import type { MeshConfig } from "../../federation/config/readMeshConfig.ts";
import { contractVersion, type FederationContract } from "../../federation/contract/contract.ts";
import { publishedGateways } from "../../federation/cluster/publishedGateways.ts";
import { publishedExport } from "../../federation/exports/exportPlan.ts";
import type { Peer } from "../../federation/imports/resolveImports.ts";
import { outsideQuarantine, planQuarantine } from "../../federation/trust/quarantine.ts";
import { identityOf } from "../../federation/planFederation.ts";

/** A gateway address that the load balancer has not assigned yet. No gateway has it. */
export const pendingAddress = "0.0.0.0";

/** What a mesh publishes now, as far as its configuration does not say it. */
export interface PublishedFacts extends Pick<FederationContract, "gateways" | "quarantine"> {
  mesh: Pick<FederationContract["mesh"], "roots" | "trusts" | "ca">;
}

/**
 * The contract that a configuration declares, without imports. What no configuration has is that which the mesh
 * publishes now.
 * @param before what the mesh publishes now; undefined before its first `up`
 */
export function draftContract(
  config: MeshConfig,
  siblings: SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
  before: PublishedFacts | undefined,
): FederationContract {
  const { roots = [], trusts = {}, ca } = before?.mesh ?? {};
  const quarantine = planQuarantine({ config, siblings, peers }, before?.quarantine);
  const outside = outsideQuarantine({ config, siblings, peers }, quarantine.refused);
  const identity = identityOf(outside.config, roots, outside.siblings, outside.peers);
  return {
    version: contractVersion,
    mesh: { ...identity, trusts, ...(ca ? { ca } : {}) },
    gateways: gatewaysOf(config, before),
    exports: outside.config.exports.map(publishedExport),
    imports: [],
    pendingTrust: [],
    quarantine: quarantine.peers,
    pendingImports: [],
  };
}

function gatewaysOf({ gateway }: MeshConfig, before: PublishedFacts | undefined): FederationContract["gateways"] {
  if (gateway.provider === "none") return [];
  if (gateway.addresses) return publishedGateways(gateway.addresses, gateway.port);
  return before && before.gateways.length > 0
    ? before.gateways.map(({ address }) => ({ address, port: gateway.port }))
    : [{ address: pendingAddress, port: gateway.port }];
}
