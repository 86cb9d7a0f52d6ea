import type { SiblingMesh } from "../config/declaredMesh.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import type { Peer } from "../imports/resolveImports.ts";

/**
 * Trust domains that are believed from a peer's own contract although a policy depends on them, and those that the
 * contract contradicts. A peer that could choose the domain by which its callers are named would escape `callers`.
 *
 * @param siblings the other mesh stacks of this project, whose files state their trust domains
 */
export function statedDomainFindings(
  config: Pick<MeshConfig, "exports" | "peers">,
  siblings: readonly SiblingMesh[],
  peers: ReadonlyMap<string, Peer>,
): readonly Finding[] {
  const findings = new Findings();
  const stated = (mesh: string): boolean =>
    config.peers[mesh]?.trustDomain !== undefined || siblings.some(({ name }) => name === mesh);
  for (const spec of config.exports.filter(({ callers }) => callers.length > 0))
    for (const mesh of spec.to.filter((name) => !stated(name)))
      findings.add("peer-trust-domain-unstated", {
        subject: `export "${spec.name}"`,
        problem: `it restricts callers of mesh "${mesh}", whose trust domain only that mesh itself states`,
        remedy: `Ask its owner for the trust domain, and set it in peers.${mesh}.trustDomain`,
      });
  for (const [mesh, { trustDomain }] of Object.entries(config.peers)) {
    const peer = peers.get(mesh);
    if (trustDomain === undefined || peer?.state !== "up" || peer.contract.mesh.trustDomain === trustDomain) continue;
    findings.add("peer-trust-domain-differs", {
      subject: `peers.${mesh}.trustDomain`,
      problem: `is ${trustDomain}, but mesh "${mesh}" publishes ${peer.contract.mesh.trustDomain}`,
      remedy: "Ask the owner of the mesh which is right; correct the key only if the contract is",
    });
  }
  return findings.all;
}
