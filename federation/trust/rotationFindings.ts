import type { FederationContract } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import type { TrustBundle } from "./bundle.ts";

/**
 * Peers that are not ready for a change of a mesh's roots; empty when all are. They are asked by what they publish:
 * `npm run rotate` looks at the proxies themselves.
 *
 * @param before the published bundle of the mesh
 * @param contracts of the meshes that it exports to or imports from
 */
export function rotationFindings(
  mesh: string,
  before: TrustBundle | undefined,
  now: TrustBundle,
  contracts: readonly FederationContract[],
): readonly Finding[] {
  const findings = new Findings();
  if (!before) return findings.all;
  const add = (peer: string, problem: string, remedy: string): void =>
    findings.add("rotation-peer-not-ready", { subject: `mesh "${peer}"`, problem, remedy });
  const removed = before.roots.filter((root) => !now.roots.some(({ sha256 }) => sha256 === root.sha256));
  for (const { mesh: peer } of contracts) {
    const accepted = [...peer.roots.map(({ sha256 }) => sha256), ...(peer.trusts[mesh] ?? [])];
    // A peer that trusts neither root verifies nothing of this mesh yet, so that there is nothing to break.
    if (before.active !== now.active && accepted.includes(before.active) && !accepted.includes(now.active))
      add(
        peer.name,
        `it does not trust root ${now.active} yet, under which this mesh would sign from now on`,
        `Have it add the root: its rotation.phase add for a shared root, or peers.${mesh}.roots and an \`up\``,
      );
    for (const { sha256 } of removed)
      if (peer.roots.some((root) => root.sha256 === sha256 && root.use === "active"))
        add(
          peer.name,
          `it signs under root ${sha256}, which this mesh would no longer trust`,
          "Wait until it has deployed rotation.phase switch",
        );
  }
  return findings.all;
}
