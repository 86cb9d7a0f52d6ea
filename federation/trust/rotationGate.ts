import { Findings, type Finding } from "../errors/userError.ts";
import { leftoverFindings, missingRootFindings, oldLeafFindings, unreadFindings } from "./gateFindings.ts";
import { nextPhase, type RotationPhase, type RotationStep } from "./rotationPhases.ts";
import { rotationPeerFindings, type RotatedRoots } from "./rotationPeers.ts";
import {
  isUnread,
  type GateEvidence,
  type TrustContract,
  type TrustContracts,
  type TrustEvidence,
  type Unread,
} from "./trustEvidence.ts";

/** Whether the next phase of a rotation may go. */
export interface Gate {
  next: RotationStep;
  /** What keeps it from going; empty: it may go. */
  findings: readonly Finding[];
  /** What could not be observed, or does not matter: a sentence each. */
  notes: readonly string[];
}

/**
 * Whether the phase after the configured one may go. No call may fail, so a phase waits until all proxies have what the
 * next one needs:
 *
 * - `add`: from rest. Nothing of an earlier rotation is left;
 * - `switch`: every proxy of the mesh, and every peer that trusts it, accepts the next root;
 * - `remove`: every leaf is issued under the new root; of a shared root in every mesh;
 * - `done`: no proxy has the old root.
 *
 * A proxy that cannot be asked keeps the gate closed. Of a mesh without credentials the contract counts, and a sample
 * of its handshakes.
 */
export function rotationGate(phase: RotationPhase, evidence: GateEvidence, contracts: TrustContracts): Gate {
  const findings = new Findings();
  const notes: string[] = [];
  const next = nextPhase[phase];
  const own = contracts.get(evidence.mesh);
  const cluster = evidence.clusters.get(evidence.mesh);
  if (!own || !cluster || isUnread(cluster)) {
    const problem = own ? `its proxies cannot be read: ${unreadReason(cluster)}` : "its contract cannot be read";
    findings.add("rotation-mesh-unread", {
      subject: `mesh "${evidence.mesh}"`,
      problem,
      remedy: "Run the command where the mesh's stack is up and its cluster can be reached",
    });
    return { next, findings: findings.all, notes };
  }
  const roots = rootsOf(phase, own);
  if ("problem" in roots) {
    const remedy = `Run \`npm run pulumi -- up --stack ${evidence.mesh}\``;
    findings.add("rotation-not-deployed", { subject: `mesh "${evidence.mesh}"`, problem: roots.problem, remedy });
    return { next, findings: findings.all, notes };
  }
  findings.addAll(meshFindings(phase, cluster, own, roots));
  if (phase === "add" || phase === "switch") {
    const peers = rotationPeerFindings(phase, own, roots, evidence, contracts);
    findings.addAll(peers.findings);
    notes.push(...peers.notes);
  }
  return { next, findings: findings.all, notes };
}

function rootsOf(phase: RotationPhase, { roots }: TrustContract): RotatedRoots | { problem: string } {
  const root = (use: string) => roots.find((r) => r.use === use)?.certificate;
  const [active, next, retiring] = [root("active"), root("next"), root("retiring")];
  if (!active) return { problem: "its contract names no root: its CA is not one that this project rotates" };
  const published = next ? "add" : retiring ? "switch" : undefined;
  if (phase === "add") return next ? { target: next, old: active } : { problem: "its contract has no next root yet" };
  if (phase === "switch")
    return retiring && !next
      ? { target: active, old: retiring }
      : { problem: "its contract does not show the switch yet" };
  return published ? { problem: `its contract still shows phase ${published}` } : { target: active, old: undefined };
}

/** Findings about the mesh's own istiod and proxies. */
function meshFindings(
  phase: RotationPhase,
  cluster: TrustEvidence,
  own: TrustContract,
  { target }: RotatedRoots,
): readonly Finding[] {
  const findings = new Findings();
  findings.addAll(unreadFindings(cluster));
  findings.addAll(missingRootFindings(cluster, target, own));
  if (phase !== "add") findings.addAll(oldLeafFindings(cluster, own, target));
  if (phase === "none" || phase === "remove") findings.addAll(leftoverFindings(cluster, own));
  return findings.all;
}

function unreadReason(cluster: TrustEvidence | Unread | undefined): string {
  return cluster && isUnread(cluster) ? cluster.failure : "there are no credentials for its cluster here";
}
