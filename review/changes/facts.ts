import type { ContractExport, FederationContract } from "../../federation/contract/contract.ts";
import type { PlannedImport } from "../revision/planRevision.ts";
import { addressesOf, list, listChange, portOf } from "./words.ts";

/**
 * What decides whom the callers of a service reach: a reviewer has to see all of it, because the configuration of an
 * import has none of it.
 */
export interface ServiceFacts {
  host: string;
  ports: string[];
  /** SPIFFE ids that may answer. */
  identities: string[];
  gateways: string[];
}

/** The facts of an export; of a peer's contract too. */
export function exportFacts(
  spec: Pick<ContractExport, "host" | "ports" | "subjectAltNames">,
  gateways: FederationContract["gateways"],
): ServiceFacts {
  return {
    host: spec.host,
    ports: spec.ports.map(portOf),
    identities: spec.subjectAltNames,
    gateways: gateways.map((g) => addressesOf([g])),
  };
}

/** The facts of an import. While it is pending, those of its export; undefined when that is unknown too. */
export function importFacts(
  { resolved }: PlannedImport,
  exported: ContractExport | undefined,
): ServiceFacts | undefined {
  if (!resolved) return exported && exportFacts(exported, []);
  return {
    ...exportFacts(resolved, []),
    gateways: resolved.gateways.map((g) => `${addressesOf([g])} of ${g.mesh} in network ${g.network}`),
  };
}

/** Facts in words, to be appended to a line. */
export function factsText({ host, ports, identities, gateways }: ServiceFacts): string {
  return [
    `; host ${host}`,
    `; ports ${list([...ports].sort())}`,
    `; identities ${list([...identities].sort(), "any")}`,
    `; gateways ${list([...gateways].sort())}`,
  ].join("");
}

/** The facts that change, in words, without the host, which is the name that an import is called by. */
export function factChanges(before: ServiceFacts, after: ServiceFacts): string[] {
  const lists = [
    ["ports", listChange(before.ports, after.ports)],
    ["identities", listChange(before.identities, after.identities)],
    ["gateways", listChange(before.gateways, after.gateways)],
  ] as const;
  return lists.flatMap(([what, change]) => (change ? [`${what} ${change}`] : []));
}
