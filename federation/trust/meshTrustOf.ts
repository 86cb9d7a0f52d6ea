import type { SiblingMesh } from "../config/declaredMesh.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import type { ContractRoot, FederationContract, PendingReason } from "../contract/contract.ts";
import type { PublishedTrust } from "../contract/publishedTrust.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import type { Peer } from "../imports/resolveImports.ts";
import { meshesOf } from "../imports/importConfig.ts";
import { bundleChangeFindings, contractRoots, type TrustBundle } from "./bundle.ts";
import type { ExistingIstio } from "./existingIstio.ts";
import { installedTrust } from "./installedTrust.ts";
import { livingBundle } from "./livingBundle.ts";
import { planPeerTrust, relatedMeshes, shareRoot, type PeerTrust } from "./peerTrust.ts";
import { waitingInQuarantine } from "./quarantine.ts";
import { rotationFindings } from "./rotationFindings.ts";

/** What a mesh trusts as its own, planned and installed. */
export interface InstalledTrust {
  /** The bundle to install; undefined where it is not known. */
  bundle?: TrustBundle | undefined;
  /** What its last `up` has published; undefined where there was none. */
  contract?: PublishedTrust | undefined;
  /** Why it has no CA yet; undefined where it has one, or needs none. */
  withoutCa?: string | undefined;
  /** Whether this `up` makes its root. */
  makesRoot?: boolean;
  /** The time of the change; undefined: no root has ended. */
  now?: Date;
  /** What an existing Istio has; undefined for a managed one. */
  istio?: ExistingIstio | undefined;
}

/** The trust of a mesh, and the meshes that imports have to wait for, with the reason. */
export interface MeshTrustPlan extends PeerTrust {
  roots: ContractRoot[];
  warnings: readonly Finding[];
  waiting: Map<string, PendingReason>;
}

/**
 * Plans what a mesh trusts, and which meshes do not trust each other yet.
 * @throws UserError `trust-mismatch` with a detail for each change that would cut workloads off, and for each peer that
 *   cannot be trusted
 */
export function meshTrustOf(
  config: MeshConfig,
  own: InstalledTrust,
  siblings: readonly SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): MeshTrustPlan {
  const roots = own.bundle ? contractRoots(own.bundle) : [];
  const published = own.contract?.mesh;
  const ownTrust = { roots, makesRoot: own.makesRoot, before: published?.roots, trusted: published?.trusts };
  // Without a CA, nothing is installed that could trust somebody.
  const { findings: wrong, ...planned } =
    own.withoutCa === undefined ? planPeerTrust(config, ownTrust, siblings, peers) : nobody;
  const trust = own.istio ? installedTrust(planned, own.istio.trust, own.contract?.mesh.trusts, own.now) : planned;
  const contracts = relatedMeshes(config).flatMap((name) => {
    const peer = peers.get(name);
    return peer?.state === "up" ? [peer.contract] : [];
  });
  const findings = new Findings();
  findings.addAll(wrong);
  const before = own.contract && livingBundle(own.contract.mesh.roots, own.now);
  // What an existing Istio has is no plan that could be refused.
  if (own.bundle && !own.istio?.hasRoots) {
    // What signs in the place of istiod takes any bundle.
    const minors = config.ca.provider === "external" ? [] : [own.contract?.mesh.istioMinor ?? "", config.istioMinor];
    findings.addAll(bundleChangeFindings(before, own.bundle, minors));
    findings.addAll(rotationFindings(config.mesh.name, before, own.bundle, contracts));
  }
  findings.throwIfAny("trust-mismatch", {
    subject: `mesh "${config.mesh.name}"`,
    problem: "its trust cannot be changed as configured, so nothing is changed",
    remedy: "Correct the details",
  });
  return { ...trust, roots, waiting: waitingFor(config, own, roots, trust, contracts) };
}

const nobody: ReturnType<typeof planPeerTrust> = { anchored: [], trusts: {}, pending: [], findings: [], warnings: [] };

/** Why imports from a mesh have to wait, by its name: one of the two does not trust the other yet. */
function waitingFor(
  { mesh, imports, quarantine }: MeshConfig,
  own: InstalledTrust,
  roots: readonly ContractRoot[],
  trust: PeerTrust,
  contracts: readonly FederationContract[],
): Map<string, PendingReason> {
  const waiting = new Map<string, PendingReason>();
  const wait = (peer: string, reason: string): void => void waiting.set(peer, { reason });
  for (const { mesh: peer, quarantine: theirs } of contracts) {
    // Then nothing else is waited for.
    if (theirs.some((entry) => entry.mesh === mesh.name)) continue;
    const makesRoot = roots.length === 0 && own.makesRoot;
    if (peer.roots.length === 0) continue;
    const anchored = trust.trusts[peer.name] !== undefined;
    const reason = trust.pending.find((pending) => pending.mesh === peer.name)?.reason;
    const active = roots.find(({ use }) => use === "active")?.sha256;
    if (!anchored && reason) wait(peer.name, reason);
    else if (!makesRoot && shareRoot(roots, peer.roots)) continue;
    else if (makesRoot) wait(peer.name, "this mesh has no root yet");
    else if (active !== undefined && !peer.trusts[mesh.name]?.includes(active))
      wait(peer.name, `mesh "${peer.name}" does not trust this mesh's root ${active} yet: its owner pins it`);
  }
  const up = new Set(contracts.map((contract) => contract.mesh.name));
  if (own.withoutCa !== undefined)
    for (const name of imports.flatMap(meshesOf)) if (up.has(name)) wait(name, own.withoutCa);
  return new Map([...waiting, ...waitingInQuarantine(quarantine)]);
}
