import type { ContractExport } from "../contract/contract.ts";
import type { ImportConfig } from "./importConfig.ts";

/** The ports of an export that an import asks for; all of them when it names none. */
export function importedPorts(spec: Pick<ImportConfig, "ports">, exported: ContractExport): ContractExport["ports"] {
  const wanted = spec.ports.map(({ number }) => number);
  return wanted.length === 0 ? exported.ports : exported.ports.filter(({ number }) => wanted.includes(number));
}
