import { releaseSources } from "../../../federation/config/versions.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import type { PlannedRevision } from "../../../review/changes/changes.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import type { Revision } from "../../../review/revision/revision.ts";
import { contractsOf, exported, imported, mesh, revisionOf } from "./federation.ts";

export const file = "contracts/north.json";
export const host = "metadata.google.internal";

/** The contract of north, which exports prices under a host of its choice. */
export function contract(change: (contract: FederationContract) => void = () => undefined): FederationContract {
  const exports = [exported("prices", { to: ["east"] }), exported("orders", { to: ["south"] })];
  const [north] = contractsOf({ north: mesh("north", { exports, peers: { east: {}, south: {} } }) });
  const given = structuredClone(north!);
  given.exports[0]!.host = host;
  given.gateways = [{ address: "203.0.113.66", port: 15443 }];
  change(given);
  return given;
}

/** East, with a file for north where there is a contract, and pins of its roots. */
export function east(
  given: FederationContract | undefined,
  imports = ["prices"],
  pins: string[] = [],
): PlannedRevision {
  const config = given
    ? {
        peers: { north: { file, hosts: [host], roots: pins } },
        imports: imports.map((name) => imported(name, { from: "north" })),
      }
    : {};
  const revision: Revision = {
    ...revisionOf({ east: mesh("east", config) }),
    contractFiles: new Map(given ? [[file, given]] : []),
  };
  return { revision, federation: planRevision(revision, new Map(), releaseSources) };
}
