import type { RotationPhase } from "../../../../federation/trust/rotationPhases.ts";
import type { GateEvidence, Handshake, TrustContract } from "../../../../federation/trust/trustEvidence.ts";
import { cluster, contract, proxy, type Pki } from "./rotationFixtures.ts";

/** Evidence and contracts of meshes, and what they mean for the gate of west. */
export interface GateCase {
  what: string;
  phase: RotationPhase;
  evidence: (p: Pki) => GateEvidence;
  contracts: (p: Pki) => TrustContract[];
  /** Codes of the findings, with their subject's mesh and what the problem says. */
  closed?: [code: string, mesh: string, says: RegExp][];
  notes?: RegExp[];
}

const partners = new Set(["east"]);
export const west = {
  rest: ({ old }: Pki) => contract("west", [["active", old.root]], { partners }),
  add: ({ old, fresh }: Pki) =>
    contract(
      "west",
      [
        ["active", old.root],
        ["next", fresh.root],
      ],
      { partners },
    ),
  switch: ({ old, fresh }: Pki) =>
    contract(
      "west",
      [
        ["retiring", old.root],
        ["active", fresh.root],
      ],
      { partners },
    ),
  remove: ({ fresh }: Pki) => contract("west", [["active", fresh.root]], { partners }),
};
export const east = ({ east: { root } }: Pki, trusted: { sha256: string }[]) =>
  contract("east", [["active", root]], { trusts: { west: trusted.map(({ sha256 }) => sha256) } });
export const shake = (chain: Pki["old"]["chain"], names: Pki["old"]["root"][]): Handshake => ({
  mesh: "east",
  at: "192.0.2.1:15443",
  chain,
  authorities: names.map(({ subjectDer }) => subjectDer),
});

/** Both roots in both proxies, leaves of the old one: phase `add` has arrived. */
export const added = ({ old, fresh }: Pki) =>
  cluster(
    "west",
    [old.root, fresh.root],
    ["a", "b"].map((p) => proxy(p, [fresh.root, old.root], old.chain)),
  );
export const switched = ({ old, fresh }: Pki) =>
  cluster(
    "west",
    [old.root, fresh.root],
    ["a", "b"].map((p) => proxy(p, [fresh.root, old.root], fresh.chain)),
  );
