import { importedFrom, type ContractExport, type FederationContract } from "../contract/contract.ts";
import { socketAddress } from "../objects/socketAddress.ts";

/** An import of a peer that a change of this mesh's exports would break. */
export interface BrokenImport {
  /** Name of the export. */
  name: string;
  /** The importing mesh. */
  mesh: string;
  /** What would break it, and what to do. */
  message: string;
}

/** The imports that peers have made of a mesh, as their contracts say. */
export function importsOf(mesh: string, contracts: FederationContract[]) {
  return contracts.flatMap((contract) =>
    contract.imports.filter((i) => importedFrom(i).includes(mesh)).map((spec) => ({ mesh: contract.mesh.name, spec })),
  );
}

/**
 * Imports of peers that would break if a mesh published `exports`: what they use is removed or narrowed. Everything
 * else about an export may change while it is imported.
 */
export function brokenImports(
  mesh: string,
  exports: ContractExport[],
  contracts: FederationContract[],
): BrokenImport[] {
  return importsOf(mesh, contracts).flatMap(({ mesh: importer, spec }) => {
    const found = exports.find((e) => e.name === spec.name);
    const client = spec.client && `${spec.client.namespace}/${spec.client.serviceAccount}`;
    const why: string[] = [];
    if (!found) why.push("is removed");
    else {
      if (!found.to.includes(importer)) why.push(`is no longer exported to "${importer}"`);
      const host = spec.exportedHost || spec.host;
      if (found.host !== host) why.push(`changes its host from ${host} to ${found.host}`);
      for (const port of spec.ports) {
        const now = found.ports.find((p) => p.number === port.number);
        if (!now) why.push(`loses port ${port.number}`);
        else if (now.protocol !== port.protocol)
          why.push(`changes the protocol of port ${port.number} from ${port.protocol} to ${now.protocol}`);
      }
      for (const subset of spec.subsets.filter((s) => !found.subsets.includes(s))) why.push(`loses subset "${subset}"`);
      if (client && found.callers.length > 0 && !found.callers.includes(client))
        why.push(`no longer admits caller ${client}`);
    }
    return why.map((reason) => ({
      name: spec.name,
      mesh: importer,
      message:
        `export "${spec.name}" ${reason}, but mesh "${importer}" imports it (host ${spec.host}, visible to ${spec.visibleTo.join(", ")}): ` +
        `change the import there and run \`pulumi up\` of that mesh first, or list "${spec.name}" in allowBreaking`,
    }));
  });
}

/**
 * Imports of peers that use other gateway addresses than those given: each must be brought up to date after the change.
 * In words, one per import.
 */
export function staleAddresses(
  mesh: string,
  gateways: FederationContract["gateways"],
  contracts: FederationContract[],
): string[] {
  const now = gateways.map(socketAddress).sort().join(", ");
  return importsOf(mesh, contracts).flatMap(({ mesh: importer, spec }) => {
    const used = spec.gateways
      .filter((g) => g.mesh === mesh)
      .map(socketAddress)
      .sort()
      .join(", ");
    return used === now || used === "" ? [] : [`import "${spec.name}" of mesh "${importer}" uses ${used}`];
  });
}
