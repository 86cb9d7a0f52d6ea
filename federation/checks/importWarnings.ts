import type { ContractExport, ContractImport, FederationContract } from "../contract/contract.ts";
import { callersFor } from "../exports/exportCallers.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { importsFrom } from "./brokenImports.ts";
import { pinnedIdentities, someOf } from "./pinnedIdentities.ts";

/** What may break imports of peers if a mesh published `exports`, depending on what its pods and its callers are. */
export function importWarnings(
  mesh: string,
  exports: ContractExport[],
  contracts: FederationContract[],
): readonly Finding[] {
  const findings = new Findings();
  for (const { mesh: importer, spec } of importsFrom(mesh, contracts)) {
    const found = exports.find((e) => e.name === spec.name);
    if (!found?.to.includes(importer)) continue;
    findings.addAll(identityWarnings(spec, found, importer));
    findings.addAll(callerWarnings(spec, found, importer));
  }
  return findings.all;
}

/** Identities that serve besides those that the importer pins. Only what pods of these answer is rejected. */
function identityWarnings(spec: ContractImport, found: ContractExport, importer: string): readonly Finding[] {
  const findings = new Findings();
  const { unpinned, replaced } = pinnedIdentities(spec, found);
  if (unpinned.length > 0 && !replaced)
    findings.add("export-identity-unpinned", {
      subject: `export "${spec.name}"`,
      problem: `mesh "${importer}" imports it and rejects answers of ${someOf(unpinned)} until its next \`pulumi up\``,
      remedy: `Run \`pulumi up\` of mesh "${importer}" after this one, before pods run with the new identity`,
    });
  return findings.all;
}

/**
 * An importer that names no client may have callers that are not admitted. Certain are namespaces that see the import
 * and of which no account is admitted.
 */
function callerWarnings(spec: ContractImport, found: ContractExport, importer: string): readonly Finding[] {
  const findings = new Findings();
  const callers = callersFor(found, importer);
  // An id of another form than an account's does not tell its namespace.
  if (spec.client || callers.length === 0 || found.callerIds.length > 0) return findings.all;
  const admitted = callers.map((caller) => caller.split("/")[0]!);
  const denied = spec.visibleTo.filter((namespace) => !admitted.includes(namespace));
  if (denied.length > 0)
    findings.add("export-callers-exclude", {
      subject: `export "${spec.name}"`,
      problem:
        `it admits callers ${someOf(callers)} only, but mesh "${importer}" imports it for ` +
        (denied.includes("*") ? "every namespace" : `namespace ${someOf(denied)}`) +
        " and names no client",
      remedy: `Add the callers of mesh "${importer}", or narrow visibleTo of the import, or name its client`,
    });
  return findings.all;
}
