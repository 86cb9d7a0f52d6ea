import type { SiblingMesh } from "../../federation/config/declaredMesh.ts";
import type { MeshConfig } from "../../federation/config/readMeshConfig.ts";
import type { FederationContract, PendingReason } from "../../federation/contract/contract.ts";
import type { Peer } from "../../federation/imports/resolveImports.ts";
import { bundleOf } from "../../federation/trust/bundle.ts";
import { istioNames } from "../../federation/trust/existingIstio.ts";
import { meshTrustOf, type InstalledTrust } from "../../federation/trust/meshTrustOf.ts";
import { outsideQuarantine, planQuarantine, waitingInQuarantine } from "../../federation/trust/quarantine.ts";
import { findingsOf } from "../findings.ts";
import type { Finding } from "../../federation/errors/userError.ts";

/** A mesh whose trust is planned. Its roots and its CA are those that it publishes now: no configuration has them. */
interface TrustingMesh {
  config: MeshConfig;
  contract: FederationContract;
  /** What it publishes now; undefined before its first `up`. */
  before: FederationContract | undefined;
}

/** What an `up` of a mesh would publish of its trust. */
export interface PlannedTrust {
  /** The contract with it. */
  contract: FederationContract;
  /** Why imports from a mesh wait, by its name. */
  waiting: ReadonlyMap<string, PendingReason>;
  /** What keeps the `up` from it; the mesh then trusts whom it trusts now. */
  findings: readonly Finding[];
}

/** What a mesh has installed, as far as a review knows it: of an existing Istio, what the last `up` has found. */
export function knownTrust({ config, contract, before }: TrustingMesh): InstalledTrust {
  const { ca, istio } = config;
  const hasRoots = ca.provider === "external" && ca.rootFile === undefined;
  return {
    bundle: bundleOf(contract.mesh.roots),
    contract: before,
    makesRoot: ca.provider === "own",
    istio: istio.provider === "existing" ? { trust: undefined, hasRoots, names: istioNames(istio) } : undefined,
  };
}

/** Plans whom a mesh trusts, against what its peers publish. */
export function plannedTrust(
  mesh: TrustingMesh,
  siblings: SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): PlannedTrust {
  const { config, contract, before } = mesh;
  const { refused } = planQuarantine({ config, siblings, peers }, before?.quarantine);
  const outside = outsideQuarantine({ config, siblings, peers }, refused);
  try {
    const { trusts, pending, waiting } = meshTrustOf(outside.config, knownTrust(mesh), outside.siblings, outside.peers);
    return {
      contract: { ...contract, mesh: { ...contract.mesh, trusts }, pendingTrust: pending },
      waiting,
      findings: [],
    };
  } catch (error) {
    return { contract, waiting: waitingInQuarantine(config.quarantine), findings: findingsOf(error) };
  }
}
