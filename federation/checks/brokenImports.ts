import {
  importedFrom,
  type ContractExport,
  type ContractImport,
  type FederationContract,
} from "../contract/contract.ts";
import type { Finding } from "../errors/userError.ts";
import { accountOf, mayAdmit } from "../exports/admitted.ts";
import { socketAddress } from "../objects/socketAddress.ts";
import { pinnedIdentities, someOf } from "./pinnedIdentities.ts";

/** An import of a peer that a change of this mesh's exports breaks. */
export interface BrokenImport {
  /** Name of the export. */
  name: string;
  /** Name of the importing mesh. */
  mesh: string;
  /** What breaks it. */
  finding: Finding;
}

/** A change of an export that an import does not survive. */
interface BreakingChange {
  /** What the export does, without its name. */
  change: string;
  /** How to make the change without breaking the import; default: by changing the import first. */
  remedy?: string;
}

/** An import of a peer that uses gateway addresses which the mesh no longer has. */
export interface StaleImport {
  /** Name of the import. */
  name: string;
  /** Name of the importing mesh. */
  mesh: string;
  /** The addresses that it uses, `address:port`, sorted. */
  addresses: string[];
}

/** The imports that peers have from a mesh, according to their contracts. */
export function importsFrom(mesh: string, contracts: FederationContract[]): { mesh: string; spec: ContractImport }[] {
  return contracts.flatMap((contract) =>
    contract.imports.filter((i) => importedFrom(i).includes(mesh)).map((spec) => ({ mesh: contract.mesh.name, spec })),
  );
}

/**
 * Imports of peers that would break if a mesh published `exports`, because something they use is removed, narrowed or
 * replaced. Everything else may change while it is imported, but for trust domains, see `trustDomainChanges`.
 */
export function brokenImports(
  mesh: string,
  exports: ContractExport[],
  contracts: FederationContract[],
): BrokenImport[] {
  return importsFrom(mesh, contracts).flatMap(({ mesh: importer, spec }) => {
    const found = exports.find((e) => e.name === spec.name);
    return breakingChanges(spec, found, importer).map(({ change, remedy }): BrokenImport => ({
      name: spec.name,
      mesh: importer,
      finding: {
        code: "export-breaks-import",
        subject: `export "${spec.name}"`,
        problem:
          `it ${change}, but mesh "${importer}" imports it ` +
          `(host ${spec.host}, visible to ${spec.visibleTo.join(", ")})`,
        remedy:
          (remedy ?? `Change the import in mesh "${importer}" and run \`pulumi up\` of that mesh first`) +
          `, or list "${spec.name}" in allowBreaking`,
      },
    }));
  });
}

/** How an export changes that an import uses; empty when the import keeps working. */
function breakingChanges(spec: ContractImport, found: ContractExport | undefined, importer: string): BreakingChange[] {
  if (!found) return [{ change: "is removed" }];
  const changes: string[] = [];
  if (!found.to.includes(importer)) changes.push(`is no longer exported to "${importer}"`);
  const host = spec.exportedHost || spec.host;
  if (found.host !== host) changes.push(`changes its host from ${host} to ${found.host}`);
  for (const { number, protocol } of spec.ports) {
    const now = found.ports.find((p) => p.number === number);
    if (!now) changes.push(`loses port ${number}`);
    else if (now.protocol !== protocol)
      changes.push(`changes the protocol of port ${number} from ${protocol} to ${now.protocol}`);
  }
  for (const subset of spec.subsets.filter((s) => !found.subsets.includes(s))) changes.push(`loses subset "${subset}"`);
  if (spec.client && !mayAdmit(found, spec.client, importer))
    changes.push(`no longer admits caller ${spec.client.spiffeId ?? accountOf(spec.client)}`);
  return [...changes.map((change) => ({ change })), ...replacedIdentities(spec, found, importer)];
}

/** An added identity breaks no import before a pod has it, a removed one none. Replacing all breaks every answer. */
function replacedIdentities(spec: ContractImport, found: ContractExport, importer: string): BreakingChange[] {
  const { replaced, formerDomains } = pinnedIdentities(spec, found);
  if (!replaced || formerDomains.length > 0) return [];
  return [
    {
      change:
        `is served by ${someOf(found.subjectAltNames)} only, while the import accepts answers of ` +
        `${someOf(spec.subjectAltNames)} only`,
      remedy:
        "Name the former identities besides the new ones, run `pulumi up` of this mesh, then of mesh " +
        `"${importer}", move the pods, and remove the former ones`,
    },
  ];
}

/** Imports of peers that use other gateway addresses than those given. Their meshes need an `up` after the change. */
export function staleImports(
  mesh: string,
  gateways: FederationContract["gateways"],
  contracts: FederationContract[],
): StaleImport[] {
  const now = gateways.map(socketAddress).sort().join(", ");
  return importsFrom(mesh, contracts).flatMap(({ mesh: importer, spec }) => {
    const addresses = spec.gateways
      .filter((g) => g.mesh === mesh)
      .map(socketAddress)
      .sort();
    const used = addresses.join(", ");
    return used === now || used === "" ? [] : [{ name: spec.name, mesh: importer, addresses }];
  });
}
