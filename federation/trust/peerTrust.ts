import type { SiblingMesh } from "../config/declaredMesh.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import type { ContractRoot, FederationContract, PendingTrust } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { meshesOf } from "../imports/importConfig.ts";
import type { Peer } from "../imports/resolveImports.ts";
import { nestedTrustDomains } from "./certificateFindings.ts";

/** A peer whose root a mesh makes an anchor of: the peer's CA can then name its own trust domain only. */
export interface AnchoredPeer {
  mesh: string;
  trustDomain: string;
  roots: readonly ContractRoot[];
}

/** Whom a mesh trusts, besides itself. */
export interface PeerTrust {
  anchored: AnchoredPeer[];
  /** SHA-256 of the roots by which it accepts each peer, by mesh name. */
  trusts: Record<string, string[]>;
  /** Peers that it should trust and does not yet. */
  pending: PendingTrust[];
}

/** What is known of a mesh's own trust when it looks at its peers. */
export interface OwnTrust {
  /** Those in its own bundle; empty where they are not known yet. */
  roots: readonly ContractRoot[];
  /** Whether this `up` makes its root, which is then another than any peer's. */
  makesRoot?: boolean | undefined;
  /** What its contract says that it trusts. */
  trusted?: Readonly<Record<string, string[]>>;
}

/** Meshes that a mesh exports to or imports from, sorted, without those in quarantine. */
export function relatedMeshes(config: Pick<MeshConfig, "exports" | "imports" | "quarantine">): string[] {
  const names = [...config.exports.flatMap(({ to }) => to), ...config.imports.flatMap(meshesOf)];
  return [...new Set(names)].filter((name) => !config.quarantine.includes(name)).sort();
}

/** Whether two meshes verify each other by a root that both have. Unknown roots are taken for common ones. */
export function shareRoot(a: readonly ContractRoot[], b: readonly ContractRoot[]): boolean {
  return a.length === 0 || b.length === 0 || a.some(({ sha256 }) => b.some((root) => root.sha256 === sha256));
}

/**
 * Plans whom a mesh trusts. A peer of another root is trusted by an anchor over each of its roots that the mesh's own
 * configuration pins: a contract alone cannot change whom a mesh trusts.
 * @returns with what cannot be trusted at all; empty when all can
 */
export function planPeerTrust(
  config: Pick<MeshConfig, "mesh" | "exports" | "imports" | "peers" | "quarantine">,
  own: OwnTrust,
  siblings: readonly SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): PeerTrust & { findings: readonly Finding[] } {
  const findings = new Findings();
  const trust: PeerTrust = { anchored: [], trusts: {}, pending: [] };
  for (const name of relatedMeshes(config)) {
    const peer = peers.get(name);
    if (peer?.state !== "up" || peer.contract.mesh.roots.length === 0) continue;
    const { mesh } = peer.contract;
    if (!makesRoot(own) && shareRoot(own.roots, mesh.roots)) {
      trust.trusts[name] = mesh.roots.map(({ sha256 }) => sha256).filter((root) => has(own.roots, root));
      continue;
    }
    const wrong = domainFindings(name, mesh.trustDomain, config.mesh.trustDomain, otherDomains(name, siblings, peers));
    findings.addAll(wrong);
    const pinned = pinnedRoots(config.peers[name]?.roots ?? [], mesh, own.trusted?.[name] ?? []);
    findings.addAll(pinned.findings);
    trust.pending.push(...pinned.pending);
    if (wrong.length > 0 || pinned.roots.length === 0) continue;
    trust.anchored.push({ mesh: name, trustDomain: mesh.trustDomain, roots: pinned.roots });
    trust.trusts[name] = pinned.roots.map(({ sha256 }) => sha256);
  }
  return { ...trust, findings: findings.all };
}

/** Trust domains of the meshes besides one, by mesh name. */
function otherDomains(
  name: string,
  siblings: readonly SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): Map<string, string> {
  const domains = new Map<string, string>();
  for (const [mesh, peer] of peers) if (peer.state === "up") domains.set(mesh, peer.contract.mesh.trustDomain);
  for (const { name: mesh, trustDomain } of siblings) if (trustDomain) domains.set(mesh, trustDomain);
  domains.delete(name);
  return domains;
}

/** Why the root of a peer cannot be bound to its trust domain; empty when it can. */
function domainFindings(
  name: string,
  domain: string,
  own: string,
  others: ReadonlyMap<string, string>,
): readonly Finding[] {
  const findings = new Findings();
  const subject = `mesh "${name}"`;
  const remedy = "Give each mesh a trust domain of its own, none inside another (mesh.trustDomain)";
  if (domain === own)
    findings.add("peer-trust-domain-shared", {
      subject,
      problem: `it has another root but this mesh's trust domain, ${own}: its CA could name this mesh's workloads`,
      remedy,
    });
  else if (nestedTrustDomains(domain, own))
    findings.add("peer-trust-domain-nested", {
      subject,
      problem: `of its trust domain ${domain} and this mesh's, ${own}, one is inside the other`,
      remedy,
    });
  for (const [other, claimed] of others)
    if (claimed !== own && (claimed === domain || nestedTrustDomains(claimed, domain)))
      findings.add("peer-trust-domain-claimed", {
        subject,
        problem: `its trust domain ${domain} is, or meets, ${claimed}, which mesh "${other}" has`,
        remedy,
      });
  return findings.all;
}

/** The roots of a peer that the configuration pins, and what is to be done about the others. */
function pinnedRoots(pins: readonly string[], mesh: FederationContract["mesh"], trusted: readonly string[]) {
  const findings = new Findings();
  const pending: PendingTrust[] = [];
  const roots = mesh.roots.filter(({ sha256 }) => pins.includes(sha256));
  const active = mesh.roots.find(({ use }) => use === "active") ?? mesh.roots[0]!;
  const key = `peers.${mesh.name}.roots`;
  const compare = `Compare it with its owner by another way than the contract, then set ${key}`;
  if (pins.length === 0 && trusted.length > 0)
    findings.add("anchor-removed-while-used", {
      subject: key,
      problem: `no root of mesh "${mesh.name}" is pinned any more, but exports or imports with it exist`,
      remedy: `Remove these first, or add the mesh to quarantine`,
    });
  else if (pins.length === 0)
    pending.push({
      mesh: mesh.name,
      reason: `its root ${active.sha256} is not pinned. ${compare} to a list with it`,
    });
  else if (!pins.includes(active.sha256))
    findings.add("peer-root-differs", {
      subject: key,
      problem: `mesh "${mesh.name}" publishes the active root ${active.sha256}; pinned are ${pins.join(", ")}`,
      remedy: `${compare}. Nothing is changed until then`,
    });
  else
    for (const next of mesh.roots.filter(({ sha256, use }) => use === "next" && !pins.includes(sha256)))
      pending.push({
        mesh: mesh.name,
        reason: `its next root ${next.sha256} is not pinned. ${compare} to a list with it and the active one`,
      });
  return { roots, pending, findings: findings.all };
}

function makesRoot(own: OwnTrust): boolean {
  return own.roots.length === 0 && own.makesRoot === true;
}

function has(roots: readonly ContractRoot[], sha256: string): boolean {
  return roots.some((root) => root.sha256 === sha256);
}
