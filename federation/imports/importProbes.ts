import type { ContractProbe, ServicePort } from "../contract/contract.ts";
import type { ImportConfig } from "./importConfig.ts";

const kinds: Record<string, ContractProbe["kind"]> = { HTTP: "http", HTTP2: "http", GRPC: "grpc" };

/** The probes of an import by port name, with their defaults filled in. Keys that name no port are left out. */
export function importedProbes(spec: Pick<ImportConfig, "probe">, ports: ServicePort[]): Record<string, ContractProbe> {
  return Object.fromEntries(
    ports.flatMap((port) => {
      const given = spec.probe[port.name] ?? spec.probe[String(port.number)];
      if (!given) return [];
      const kind = given.kind ?? kinds[port.protocol] ?? "tcp";
      const { method = "GET", path = "/", expect = [200], service = "" } = given;
      return [
        [port.name, kind === "http" ? { kind, method, path, expect } : kind === "grpc" ? { kind, service } : { kind }],
      ];
    }),
  );
}
