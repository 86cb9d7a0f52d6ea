import type { FederationContract } from "../contract/contract.ts";
import { shareRoot } from "./peerTrust.ts";

/** A mesh that does not trust another one yet although the two export or import. */
export interface Untrusted {
  mesh: string;
  peer: string;
  /** SHA-256 of the peer's active root. */
  root: string;
}

/** What it takes of a contract; one of an earlier release may lack parts. */
type PartialContract = Partial<
  Pick<FederationContract, "mesh" | "exports" | "imports" | "pendingImports" | "quarantine">
>;

/**
 * The pairs of meshes of which the first has no anchor of the second's active root yet. Those in quarantine need none.
 */
export function untrustedPeers(contracts: ReadonlyMap<string, PartialContract>): Untrusted[] {
  return [...contracts].flatMap(([name, contract]) => {
    const { mesh, exports = [], imports = [], pendingImports = [], quarantine = [] } = contract;
    const related = new Set([
      ...exports.flatMap(({ to }) => to),
      ...imports.flatMap(({ meshes }) => meshes),
      ...pendingImports.map(({ from }) => from),
    ]);
    return [...related]
      .filter((peer) => !quarantine.some(({ mesh: cut }) => cut === peer))
      .sort()
      .flatMap((peer): Untrusted[] => {
        const roots = contracts.get(peer)?.mesh?.roots ?? [];
        const active = roots.find(({ use }) => use === "active");
        if (!mesh?.roots || !active || shareRoot(mesh.roots, roots)) return [];
        return mesh.trusts[peer]?.includes(active.sha256) ? [] : [{ mesh: name, peer, root: active.sha256 }];
      });
  });
}
