import { importedFrom, type FederationContract } from "../contract/contract.ts";
import { certificatesIn } from "./certificate.ts";
import type { TrustContract } from "./trustEvidence.ts";

/** Reads what a contract says about trust. */
export async function trustContractOf(contract: FederationContract): Promise<TrustContract> {
  const { mesh, imports, exports, pendingImports, pendingTrust, quarantine } = contract;
  const quarantined = new Set(quarantine.map((entry) => entry.mesh));
  const read = async (pem: string) => (await certificatesIn(pem))[0]!;
  return {
    mesh: mesh.name,
    trustDomain: mesh.trustDomain,
    roots: await Promise.all(mesh.roots.map(async ({ use, pem }) => ({ use, certificate: await read(pem) }))),
    ca: mesh.ca && (await read(mesh.ca.pem)),
    trusts: mesh.trusts,
    partners: new Set(
      [
        ...imports.flatMap(importedFrom),
        ...exports.flatMap(({ to }) => to),
        ...pendingImports.map(({ from }) => from),
      ].filter((name) => !quarantined.has(name)),
    ),
    quarantined,
    pending: pendingTrust,
  };
}

/** What contracts say about trust, by mesh. A contract whose certificates cannot be read says nothing. */
export async function trustContractsOf(
  contracts: ReadonlyMap<string, FederationContract>,
): Promise<Map<string, TrustContract>> {
  const read = await Promise.all(
    [...contracts].map(
      async ([name, contract]) => [name, await trustContractOf(contract).catch(() => undefined)] as const,
    ),
  );
  return new Map(read.flatMap(([name, contract]) => (contract ? [[name, contract]] : [])));
}
