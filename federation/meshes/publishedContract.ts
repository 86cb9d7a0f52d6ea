import { brokenImports } from "../checks/brokenImports.ts";
import {
  contractOfPeer,
  type ContractExport,
  type ContractImport,
  type FederationContract,
} from "../contract/contract.ts";
import { Findings } from "../errors/userError.ts";
import type { MeshDescription } from "./meshDescription.ts";

/** What a mesh publishes besides its identity. */
export interface Published {
  exports?: readonly ContractExport[];
  imports?: readonly ContractImport[];
}

/**
 * The contract of a mesh with exports and imports.
 *
 * @param importers contracts of the meshes that may import, by name: an export that one of them still uses can neither
 *   be removed nor narrowed; undefined values are meshes that publish nothing
 * @throws UserError `exports-mismatch` for names or hosts that occur twice, and for imports that would break
 */
export function publishedContract(
  { contract }: Pick<MeshDescription, "contract">,
  { exports = [], imports = [] }: Published,
  importers: Readonly<Record<string, unknown>> = {},
): FederationContract {
  const findings = new Findings();
  for (const key of ["name", "host"] as const)
    for (const [value, same] of Map.groupBy(exports, (spec) => spec[key]))
      if (same.length > 1)
        findings.add("config-entry-duplicate", {
          subject: `exports ${same.map(({ name }) => `"${name}"`).join(" and ")}`,
          problem: `they have the same ${key} "${value}"`,
          remedy: `Give each a ${key} of its own`,
        });
  const contracts = Object.entries(importers).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [contractOfPeer(value, name)],
  );
  const broken = brokenImports(contract.mesh.name, [...exports], contracts);
  findings.addAll(broken.map(({ finding }) => finding));
  findings.throwIfAny("exports-mismatch", {
    subject: `mesh "${contract.mesh.name}"`,
    problem: "its contract cannot be published",
    remedy: "Change the exports, or the imports of the peers",
  });
  const byName = <T extends { name: string }>(all: readonly T[]) =>
    [...all].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { ...contract, exports: byName(exports), imports: byName(imports) };
}
