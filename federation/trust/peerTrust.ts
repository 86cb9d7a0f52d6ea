import type { SiblingMesh } from "../config/declaredMesh.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import type { ContractRoot, FederationContract, PendingTrust } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { meshesOf } from "../imports/importConfig.ts";
import type { Peer } from "../imports/resolveImports.ts";
import { pinnedRoots } from "./pinnedRoots.ts";
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
  /** Those that its contract says were in its own bundle. */
  before?: readonly ContractRoot[] | undefined;
  /** What its contract says that it trusts. */
  trusted?: Readonly<Record<string, string[]>> | undefined;
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
 * @returns with what cannot be trusted at all, and with what should be known
 */
export function planPeerTrust(
  config: Pick<MeshConfig, "mesh" | "ca" | "exports" | "imports" | "peers" | "quarantine">,
  own: OwnTrust,
  siblings: readonly SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): PeerTrust & { findings: readonly Finding[]; warnings: readonly Finding[] } {
  const findings = new Findings();
  const warnings = new Findings();
  const trust: PeerTrust = { anchored: [], trusts: {}, pending: [] };
  for (const name of relatedMeshes(config)) {
    const peer = peers.get(name);
    if (peer?.state !== "up") continue;
    const { mesh } = peer.contract;
    const pins = config.peers[name]?.roots ?? [];
    if (pins.length === 0 && (mesh.roots.length === 0 || areUnknown(own))) {
      if (mesh.roots.length > 0) trust.trusts[name] = [];
      continue;
    }
    const common = mesh.roots.filter(({ sha256 }) => has(own.roots, sha256));
    const plain = plainRoot(config.ca.provider, own.roots, mesh, pins);
    if (plain) (plain.code === "peer-root-plain" ? warnings : findings).addAll([plain]);
    const known = { pins, own: own.roots, before: own.before ?? [], trusted: own.trusted?.[name] ?? [] };
    const pinned = pinnedRoots(mesh, known);
    findings.addAll(pinned.findings);
    trust.pending.push(...pinned.pending);
    const { trustDomain } = mesh;
    const isForeign = pinned.roots.length > 0 || (common.length === 0 && mesh.roots.length > 0);
    const others = otherDomains(name, siblings, peers, config.peers);
    const wrong = isForeign ? domainFindings(name, trustDomain, config.mesh.trustDomain, others) : [];
    findings.addAll(wrong);
    const anchored = wrong.length > 0 ? [] : pinned.roots;
    if (anchored.length > 0) trust.anchored.push({ mesh: name, trustDomain, roots: anchored });
    const trusts = mesh.roots.filter((root) => common.includes(root) || anchored.includes(root));
    if (trusts.length > 0) trust.trusts[name] = trusts.map(({ sha256 }) => sha256);
  }
  warnings.addAll(quarantineWarnings(config, own.roots, peers));
  return { ...trust, findings: findings.all, warnings: warnings.all };
}

/** Providers whose bundle a person has written. */
const fromFiles: readonly MeshConfig["ca"]["provider"][] = ["existing", "signed", "external"];

/**
 * A peer's root that somebody has put into the mesh's own bundle as it is, where nothing binds it to a trust domain.
 * Where each mesh has the root of the other, the two may be changing a common root.
 */
function plainRoot(
  provider: MeshConfig["ca"]["provider"],
  own: readonly ContractRoot[],
  { name, roots }: FederationContract["mesh"],
  pins: readonly string[],
): Finding | undefined {
  const [ownActive, active] = [own, roots].map((all) => all.find(({ use }) => use === "active")?.sha256);
  if (!fromFiles.includes(provider) || ownActive === undefined || active === undefined) return undefined;
  // A pinned root is to be an anchor, whatever its use; another common root is plain only if the peer signs under it.
  const isPlain = ({ sha256, use }: ContractRoot): boolean =>
    has(own, sha256) && (pins.includes(sha256) || (use === "active" && sha256 !== ownActive));
  const plain = roots.find(isPlain)?.sha256;
  if (plain === undefined) return undefined;
  const isMutual = has(roots, ownActive) && !pins.includes(plain);
  return {
    code: isMutual ? "peer-root-plain" : "peer-root-in-bundle",
    subject: `mesh "${name}"`,
    problem:
      `its root ${plain} is in this mesh's own bundle, so that its CA can name this mesh's workloads` +
      (isMutual ? ", unless both meshes are changing a common root" : ""),
    remedy: `Remove it from the bundle, and pin it in peers.${name}.roots: the mesh then makes a trust anchor of it`,
  };
}

/** Peers in quarantine that are trusted all the same, because their root is the mesh's own. */
function quarantineWarnings(
  config: Pick<MeshConfig, "exports" | "imports" | "quarantine">,
  own: readonly ContractRoot[],
  peers: ReadonlyMap<string, Peer>,
): Finding[] {
  return relatedMeshes({ ...config, quarantine: [] }).flatMap((name): Finding[] => {
    const peer = peers.get(name);
    if (!config.quarantine.includes(name) || peer?.state !== "up") return [];
    const { roots } = peer.contract.mesh;
    if (!roots.some(({ sha256 }) => has(own, sha256))) return [];
    return [
      {
        code: "quarantine-without-effect",
        subject: `mesh "${name}"`,
        problem: "it is in quarantine, but its certificates are issued under this mesh's own root, which stays trusted",
        remedy: "Remove the exports to it, and deny its trust domain by a policy; or change the root",
      },
    ];
  });
}

/** Trust domains of the meshes besides one, by mesh name. */
function otherDomains(
  name: string,
  siblings: readonly SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
  stated: MeshConfig["peers"],
): Map<string, string> {
  const domains = new Map<string, string>();
  for (const [mesh, peer] of peers) if (peer.state === "up") domains.set(mesh, peer.contract.mesh.trustDomain);
  // A mesh that is not up yet has the domain that this one's owner has written down.
  for (const [mesh, { trustDomain }] of Object.entries(stated)) if (trustDomain) domains.set(mesh, trustDomain);
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

/** Whether nothing is known of the mesh's own roots. They are taken for those of every peer then. */
function areUnknown(own: OwnTrust): boolean {
  return own.roots.length === 0 && own.makesRoot !== true;
}

function has(roots: readonly ContractRoot[], sha256: string): boolean {
  return roots.some((root) => root.sha256 === sha256);
}
