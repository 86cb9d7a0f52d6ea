import type { FederationContract } from "../contract/contract.ts";
import { minorOf, supportedIstioMinors, supportedSkew } from "../config/istioVersions.ts";

/** A mesh's identity, as far as it is checked against its peers'. */
export type MeshIdentity = FederationContract["mesh"];

/** Why two meshes cannot be federated, in words for the importer; empty when they can. */
export function peerMismatches(peer: MeshIdentity, own: MeshIdentity): string[] {
  const both = `"${own.name}" and "${peer.name}"`;
  const problems: string[] = [];
  // The same name for two networks, clusters or meshes makes Istio take the peer's endpoints for local ones.
  for (const key of ["name", "network", "cluster", "meshId"] as const)
    if (peer[key] === own[key])
      problems.push(`mesh.${key} is "${own[key]}" in both ${both}; it must differ between meshes`);
  if (own.roots.length > 0 && peer.roots.length > 0 && !own.roots.some((root) => peer.roots.includes(root)))
    problems.push(
      `${both} have no root CA in common (SHA-256 ${own.roots.map(brief).join(", ")} and ${peer.roots.map(brief).join(", ")}), so neither can verify the other's certificates; ` +
        "give both an intermediate of one root (the trust stack, or ca.provider: existing)",
    );
  const [ownMinor, peerMinor] = [own, peer].map((m) => m.istioMinor || minorOf(m.istioVersion));
  if (!peerMinor)
    problems.push(
      `mesh "${peer.name}" runs Istio ${peer.istioVersion}, which is not of a supported minor (${supportedIstioMinors.join(", ")}); if it behaves like one of them, its owner can say so in istio.istioMinor`,
    );
  else if (ownMinor && Math.abs(position(ownMinor) - position(peerMinor)) > supportedSkew)
    problems.push(
      `Istio ${ownMinor} in "${own.name}" and ${peerMinor} in "${peer.name}" are more than ${supportedSkew} minors apart; bring them closer together`,
    );
  return problems;
}

/** Why a peer's workloads refuse this mesh's callers, whatever is exported to them; undefined when they do not. */
export function trustMismatch(peer: MeshIdentity, own: MeshIdentity): string | undefined {
  if (peer.trustDomain === own.trustDomain || peer.acceptedTrustDomains.includes(own.trustDomain)) return undefined;
  return (
    `mesh "${peer.name}" (trust domain ${peer.trustDomain}) does not accept callers of trust domain ${own.trustDomain}, which is that of "${own.name}": they would be refused in the TLS handshake. ` +
    `Where "${peer.name}" has a managed Istio, \`pulumi up\` of its stack makes it accept whom it exports to; an existing Istio needs meshConfig.caCertificates[].trustDomains, and mesh.acceptedTrustDomains to say so`
  );
}

/** Position of a minor such as `1.30`. */
function position(minor: string): number {
  return Number(minor.split(".")[1]);
}

function brief(fingerprint: string): string {
  return `${fingerprint.slice(0, 12)}...`;
}
