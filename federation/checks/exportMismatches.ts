import type { ContractExport, FederationContract } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import type { ImportConfig } from "../imports/importConfig.ts";

/**
 * Why an import does not fit an export; empty when it does.
 *
 * @param exported the export of that name, as deployed or as declared; undefined when there is none
 * @param contract the exporter's contract
 * @param importer name of the importing mesh
 * @param stack the exporter's stack, for the command in the remedy
 */
export function exportMismatches(
  spec: ImportConfig,
  exported: Pick<ContractExport, "to" | "ports" | "subsets"> | undefined,
  contract: FederationContract,
  importer: string,
  stack: string,
): readonly Finding[] {
  const subject = `import "${spec.name}"`;
  const from = contract.mesh.name;
  const findings = new Findings();
  if (!exported) {
    const names = contract.exports.map((e) => e.name);
    findings.add("import-not-exported", {
      subject,
      problem: `mesh "${from}" does not export it; it exports ${names.join(", ") || "nothing"}`,
      remedy: `Add it to exports in stack "${stack}" and run \`pulumi up --stack ${stack}\`, or remove the import`,
    });
  } else if (!exported.to.includes(importer))
    findings.add("import-not-allowed", {
      subject,
      problem: `mesh "${from}" exports it to ${exported.to.join(", ") || "no mesh"}, not to "${importer}"`,
      remedy: `Add "${importer}" to \`to\` of the export in mesh "${from}"`,
    });
  else {
    findings.addAll(portMismatches(spec, exported, from, importer));
    for (const subset of spec.subsets.filter((s) => !exported.subsets.includes(s)))
      findings.add("import-subset-missing", {
        subject,
        problem:
          `"${importer}" addresses subset "${subset}", but mesh "${from}" exports ` +
          (exported.subsets.length > 0 ? `subsets ${exported.subsets.join(", ")}` : "no subsets"),
        remedy: `Add the subset to the export in mesh "${from}", or remove it from the import`,
      });
  }
  return findings.all;
}

function portMismatches(
  spec: ImportConfig,
  exported: Pick<ContractExport, "ports">,
  from: string,
  importer: string,
): readonly Finding[] {
  const subject = `import "${spec.name}"`;
  const findings = new Findings();
  for (const { number, protocol } of spec.ports) {
    const offered = exported.ports.find((p) => p.number === number);
    if (!offered)
      findings.add("import-port-missing", {
        subject,
        problem:
          `clients in "${importer}" rely on port ${number}, ` +
          `but mesh "${from}" exports ports ${exported.ports.map((p) => p.number).join(", ")}`,
        remedy: `Add the port to the export in mesh "${from}", or remove it from the import`,
      });
    else if (protocol && protocol !== offered.protocol)
      findings.add("import-port-protocol", {
        subject,
        problem:
          `clients in "${importer}" rely on ${protocol} at port ${number}, ` +
          `but mesh "${from}" exports it as ${offered.protocol}`,
        remedy: "Set the same protocol in the import and the export",
      });
  }
  return findings.all;
}
