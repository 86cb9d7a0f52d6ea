import { issuedUnder } from "../federation/trust/trustCounts.ts";
import { rotationGate, type Gate } from "../federation/trust/rotationGate.ts";
import { trustTable, type TrustTable } from "../federation/trust/trustTable.ts";
import { isUnread, type TrustContract } from "../federation/trust/trustEvidence.ts";
import type { FederationTrust, OwnMesh } from "./readFederation.ts";

/** What a handshake of a mesh shows about the roots of another. */
export interface HandshakeRow {
  mesh: string;
  at: string;
  /** SHA-256 of known roots that the leaf is issued under. */
  issuedUnder: string[];
  /** SHA-256 of known roots whose names are among the accepted CAs; undefined where it asks for no certificate. */
  accepts: string[] | undefined;
  count: number;
}

/** A mesh of this project in the report. */
export interface MeshRotation extends OwnMesh {
  /** Undefined where its proxies cannot be read. */
  table: TrustTable | undefined;
  handshakes: HandshakeRow[];
  handshakeFailures: { mesh: string; at: string; failure: string }[];
  /** Undefined where its CA is not one that this project rotates. */
  gate: Gate | undefined;
}

/** The rotations of the meshes of this project. */
export interface RotationReport {
  meshes: MeshRotation[];
  /** Why meshes could not be read: a sentence each. */
  problems: string[];
}

/** Evaluates what was read, for each mesh in `own`. */
export function rotationReport(trust: FederationTrust): RotationReport {
  return {
    meshes: trust.own.map((mesh) => meshRotation(mesh, trust)),
    problems: [...trust.problems].map(([mesh, problem]) => `mesh "${mesh}" ${problem}`),
  };
}

function meshRotation(mesh: OwnMesh, { contracts, clusters, handshakes }: FederationTrust): MeshRotation {
  const { name, configured } = mesh;
  const contract = contracts.get(name);
  const cluster = clusters.get(name);
  const peers = contract
    ? new Set([...contracts.values()].filter((c) => isPeer(contract, c)).map((c) => c.mesh))
    : new Set();
  return {
    ...mesh,
    table: contract && cluster && !isUnread(cluster) ? trustTable(contract, cluster, contracts) : undefined,
    handshakes: contract
      ? handshakeRows(
          contract,
          contracts,
          handshakes.handshakes.filter((h) => peers.has(h.mesh)),
        )
      : [],
    handshakeFailures: handshakes.failures.filter((h) => peers.has(h.mesh)),
    gate:
      configured.root === undefined
        ? undefined
        : rotationGate(configured.phase, { mesh: name, clusters, handshakes: handshakes.handshakes }, contracts),
  };
}

function isPeer(own: TrustContract, { mesh, roots, partners }: TrustContract): boolean {
  const shared = roots.some((r) => own.roots.some((o) => o.certificate.sha256 === r.certificate.sha256));
  if (mesh === own.mesh || own.quarantined.has(mesh)) return false;
  return shared || own.partners.has(mesh) || partners.has(own.mesh);
}

/** Equal handshakes are one row. */
function handshakeRows(
  own: TrustContract,
  contracts: FederationTrust["contracts"],
  handshakes: FederationTrust["handshakes"]["handshakes"],
): HandshakeRow[] {
  const rows = new Map<string, HandshakeRow>();
  for (const { mesh, at, chain, authorities } of handshakes) {
    const roots = [...own.roots, ...(contracts.get(mesh)?.roots ?? [])].map(({ certificate }) => certificate);
    const named = authorities && roots.filter(({ subjectDer }) => authorities.includes(subjectDer));
    const row = {
      mesh,
      at,
      issuedUnder: issuedUnder(chain, roots),
      accepts: named && [...new Set(named.map(({ sha256 }) => sha256))],
      count: 1,
    };
    const key = JSON.stringify(row);
    const known = rows.get(key);
    if (known) known.count++;
    else rows.set(key, row);
  }
  return [...rows.values()];
}

/** Whether the gates of all meshes in a report that can rotate are open. */
export function isOpen({ meshes }: Pick<RotationReport, "meshes">): boolean {
  return meshes.every(({ gate }) => gate === undefined || gate.findings.length === 0);
}

/** The report for programs: stable names, certificates by what identifies them. */
export function rotationJson({ meshes, problems }: RotationReport, written: string | undefined) {
  return {
    version: 1,
    meshes: meshes.map(({ name, stack, configured, table, handshakes, handshakeFailures, gate }) => ({
      name,
      stack,
      phase: configured.phase,
      next: configured.next ?? null,
      ca: configured.provider,
      proxies: table ? { running: table.proxies, read: table.read, unread: table.unread } : null,
      roots: (table?.roots ?? []).map(({ certificate, ...row }) => ({
        ...identity(certificate),
        ...row,
        istiod: row.istiod ?? null,
      })),
      otherLeaves: table?.otherLeaves ?? null,
      anchors: (table?.anchors ?? []).map(({ certificate, peer, proxies }) => ({
        ...identity(certificate),
        peer: peer ?? null,
        permits: certificate.permittedUris,
        proxies,
      })),
      handshakes: handshakes.map((row) => ({ ...row, accepts: row.accepts ?? null })),
      handshakeFailures,
      gate: gate
        ? { next: gate.next, open: gate.findings.length === 0, findings: gate.findings, notes: gate.notes }
        : null,
    })),
    problems,
    written: written ?? null,
  };
}

function identity({ sha256, subject, notAfter }: TrustTable["roots"][number]["certificate"]) {
  return { sha256, subject, notAfter: notAfter.toISOString() };
}
