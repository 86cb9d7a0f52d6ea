import { Findings } from "../errors/userError.ts";
import type { CertificateFacts } from "./certificate.ts";
import { missingRootFindings, oldLeafFindings, shortName, unreadFindings } from "./gateFindings.ts";
import { issuedUnder } from "./trustCounts.ts";
import {
  isUnread,
  type GateEvidence,
  type Handshake,
  type TrustContract,
  type TrustContracts,
} from "./trustEvidence.ts";

/** The root that the next phase relies on, and the one that it gives up. */
export interface RotatedRoots {
  /** In phase `add` the next root, otherwise the active one. */
  target: CertificateFacts;
  /** In phase `add` the active root, in phase `switch` the retiring one, otherwise none. */
  old: CertificateFacts | undefined;
}

/** A peer of a rotation: its contract, and what was observed of it. */
interface PeerOfRotation {
  peer: TrustContract;
  /** Whether it has a root in common with the mesh. */
  shares: boolean;
  handshakes: readonly Handshake[];
}

/**
 * What the other meshes have of a rotation.
 *
 * - Each that trusts the mesh must accept the root on which the next phase relies.
 * - In phase `switch`, each that shares the old root must have left it.
 */
export function rotationPeerFindings(
  phase: "add" | "switch",
  own: TrustContract,
  roots: RotatedRoots,
  evidence: GateEvidence,
  contracts: TrustContracts,
) {
  const findings = new Findings();
  const notes: string[] = [];
  for (const partner of [...own.partners].filter((name) => !contracts.has(name)).sort())
    findings.add("rotation-mesh-unread", {
      subject: `mesh "${partner}"`,
      problem: `its contract cannot be read, so it is unknown which roots of mesh "${own.mesh}" it accepts`,
      remedy: "Make its contract readable (peers), or remove its exports and imports",
    });
  for (const peer of [...contracts.values()].filter(({ mesh }) => mesh !== own.mesh && !own.quarantined.has(mesh))) {
    const ownRoots = new Set(own.roots.map(({ certificate }) => certificate.sha256));
    const shares = peer.roots.some(({ certificate }) => ownRoots.has(certificate.sha256));
    const trusts = (peer.trusts[own.mesh] ?? []).length > 0;
    if (!shares && !trusts && !own.partners.has(peer.mesh) && !peer.partners.has(own.mesh)) continue;
    const handshakes = evidence.handshakes.filter((h) => h.mesh === peer.mesh);
    const of: PeerOfRotation = { peer, shares, handshakes };
    const results = [acceptance(own, roots, of, evidence)];
    if (phase === "switch" && shares) results.push(departure(own, roots, of, evidence));
    for (const result of results) {
      findings.addAll(result.findings.all);
      notes.push(...result.notes);
    }
  }
  return { findings: findings.all, notes };
}

/** Whether a peer accepts the root on which the next phase relies. */
function acceptance(
  own: TrustContract,
  { target, old }: RotatedRoots,
  { peer, handshakes }: PeerOfRotation,
  { clusters }: GateEvidence,
) {
  const findings = new Findings();
  const notes: string[] = [];
  const accepted = new Set([...peer.roots.map((r) => r.certificate.sha256), ...(peer.trusts[own.mesh] ?? [])]);
  const says = peer.roots.length > 0 || (peer.trusts[own.mesh] ?? []).length > 0;
  if (says && !own.roots.some(({ certificate }) => accepted.has(certificate.sha256))) {
    notes.push(`mesh "${peer.mesh}" accepts no root of mesh "${own.mesh}", so the rotation changes nothing for it`);
    return { findings, notes };
  }
  const lacks = (problem: string, remedy: string) =>
    findings.add("rotation-peer-lacks-root", { subject: `mesh "${peer.mesh}"`, problem, remedy });
  const name = `root ${shortName(target)} of mesh "${own.mesh}"`;
  if (!accepted.has(target.sha256))
    lacks(
      says ? `its contract does not list ${name}` : `its contract does not say which roots it accepts; needed: ${name}`,
      `Its owner allows the root in peers.${own.mesh}.roots where it is pinned, and runs an \`up\` of its stack`,
    );
  const cluster = clusters.get(peer.mesh);
  if (cluster && !isUnread(cluster)) {
    findings.addAll(unreadFindings(cluster));
    findings.addAll(missingRootFindings(cluster, target, own));
  } else if (handshakes.length > 0 && old && old.subjectDer === target.subjectDer)
    notes.push(`both roots have one name, so a handshake of mesh "${peer.mesh}" does not show which it accepts`);
  else {
    const without = handshakes.filter(({ authorities }) => authorities && !authorities.includes(target.subjectDer));
    if (without.length > 0)
      lacks(
        `${without.length} of ${handshakes.length} handshakes (${without[0]!.at}) do not name ${name} among the CAs ` +
          "that its workloads accept",
        "Wait some seconds; its owner restarts pods that still lack the root, which `npm run rotate` names there",
      );
    if (handshakes.length === 0)
      notes.push(`the proxies of mesh "${peer.mesh}" were not observed: its contract counts`);
  }
  return { findings, notes };
}

/** Whether a mesh that shares the old root has left it. */
function departure(
  own: TrustContract,
  { target, old }: RotatedRoots,
  { peer, handshakes }: PeerOfRotation,
  { clusters }: GateEvidence,
) {
  const findings = new Findings();
  const notes: string[] = [];
  if (peer.roots.some(({ use, certificate }) => use === "active" && certificate.sha256 === old?.sha256))
    findings.add("rotation-peer-old-root", {
      subject: `mesh "${peer.mesh}"`,
      problem: `root ${shortName(old!)} still issues its CA`,
      remedy: "Its owner switches it first: `npm run rotate` in its project",
    });
  const cluster = clusters.get(peer.mesh);
  if (cluster && !isUnread(cluster)) findings.addAll(oldLeafFindings(cluster, own, target));
  const candidates: CertificateFacts[] = [target, ...own.roots.map(({ certificate }) => certificate)];
  const behind = handshakes.filter(({ chain }) => !issuedUnder(chain, candidates).includes(target.sha256));
  if (behind.length > 0 && (!cluster || isUnread(cluster)))
    findings.add("rotation-leaf-old", {
      subject: `mesh "${peer.mesh}"`,
      problem:
        `${behind.length} of ${handshakes.length} handshakes (${behind[0]!.at}) show a leaf that is not issued under ` +
        `root ${shortName(target)}`,
      remedy: "Wait some seconds; its owner restarts pods with an old leaf, which `npm run rotate` names there",
    });
  return { findings, notes };
}
