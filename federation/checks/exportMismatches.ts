import type { ContractExport, FederationContract } from "../contract/contract.ts";
import type { ImportConfig } from "../imports/importConfig.ts";

/**
 * Why an import does not fit an export; empty when it does.
 *
 * @param found the export of that name, as deployed or as declared; undefined when there is none
 * @param stack the exporter's stack, for the command to run
 */
export function exportMismatches(
  spec: ImportConfig,
  found: Pick<ContractExport, "to" | "ports" | "subsets"> | undefined,
  contract: FederationContract,
  importer: string,
  stack: string,
): string[] {
  const from = contract.mesh.name;
  if (!found) {
    const names = contract.exports.map((e) => e.name);
    return [
      `mesh "${from}" does not export it; it exports ${names.join(", ") || "nothing"}. Add it to exports in stack "${stack}" and run \`pulumi up --stack ${stack}\`, or remove the import`,
    ];
  }
  if (!found.to.includes(importer))
    return [
      `mesh "${from}" exports it to ${found.to.join(", ") || "nobody"}, not to "${importer}"; its owner must add "${importer}" to its \`to\``,
    ];
  const problems: string[] = [];
  for (const wanted of spec.ports) {
    const offered = found.ports.find((p) => p.number === wanted.number);
    if (!offered)
      problems.push(
        `clients in "${importer}" rely on port ${wanted.number}, but mesh "${from}" exports ports ${found.ports.map((p) => p.number).join(", ")}; its owner must add the port, or remove it from the import`,
      );
    else if (wanted.protocol && wanted.protocol !== offered.protocol)
      problems.push(
        `clients in "${importer}" rely on ${wanted.protocol} at port ${wanted.number}, but mesh "${from}" exports it as ${offered.protocol}; make both the same`,
      );
  }
  for (const subset of spec.subsets.filter((s) => !found.subsets.includes(s)))
    problems.push(
      `"${importer}" addresses subset "${subset}", but mesh "${from}" exports ${found.subsets.length > 0 ? `subsets ${found.subsets.join(", ")}` : "no subsets"}; a subset must stand on both sides: its owner must add it, or remove it from the import`,
    );
  return problems;
}
