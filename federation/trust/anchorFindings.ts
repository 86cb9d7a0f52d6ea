import type { FederationContract } from "../contract/contract.ts";
import type { Finding } from "../errors/userError.ts";
import { rootDefaults } from "../config/rootConfig.ts";
import { peerRootFindings } from "./certificateFindings.ts";
import type { AnchoredPeer } from "./peerTrust.ts";

/**
 * What is wrong with the roots of peers that become anchors, and with the CAs below them; empty when every anchor will
 * let the peer's workloads in, and nobody else.
 *
 * @param own the mesh's identity with its own roots, and the CA that signs its workloads' certificates, if it is known
 * @param contracts of the peers, by mesh name
 * @param entries PEM texts that the user has in `meshConfig.caCertificates`, where nothing binds them
 */
export async function anchorFindings(
  anchored: readonly AnchoredPeer[],
  own: Pick<FederationContract["mesh"], "name" | "trustDomain" | "roots" | "ca">,
  contracts: ReadonlyMap<string, FederationContract>,
  now: Date,
  entries: readonly string[] = [],
): Promise<readonly Finding[]> {
  const cas = [own, ...[...contracts.values()].map(({ mesh }) => mesh)].flatMap(({ name, ca }) =>
    ca ? [{ mesh: name, pem: ca.pem }] : [],
  );
  const found = anchored.map(({ mesh, roots, trustDomain }) => {
    const others = anchored.filter((peer) => peer.mesh !== mesh);
    return peerRootFindings({
      mesh,
      roots: [...roots],
      trustDomain,
      intermediatePem: contracts.get(mesh)?.mesh.ca?.pem,
      own: {
        trustDomain: own.trustDomain,
        roots: own.roots,
        cas,
        entries,
        anchors: others.flatMap((peer) => peer.roots.map(({ pem }) => ({ mesh: peer.mesh, pem }))),
      },
      earlyRenewalHours: rootDefaults.earlyRenewalHours,
      now,
    });
  });
  return (await Promise.all(found)).flat();
}
