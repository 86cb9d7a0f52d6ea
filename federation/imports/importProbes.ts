import type { ContractProbe, ServicePort } from "../contract/contract.ts";
import type { ImportConfig, Probe } from "./importConfig.ts";

/** Kind of probe by the protocol of a port; any other protocol is probed with `tcp`. */
const kindByProtocol: Record<string, ContractProbe["kind"]> = { HTTP: "http", HTTP2: "http", GRPC: "grpc" };

/** The probes of an import by port name, with their defaults. Keys that name no port are left out. */
export function importedProbes(spec: Pick<ImportConfig, "probe">, ports: ServicePort[]): Record<string, ContractProbe> {
  return Object.fromEntries(
    ports.flatMap((port) => {
      const probe = spec.probe[port.name] ?? spec.probe[String(port.number)];
      return probe ? [[port.name, withDefaults(probe, port.protocol)]] : [];
    }),
  );
}

function withDefaults(probe: Probe, protocol: string): ContractProbe {
  const kind = probe.kind ?? kindByProtocol[protocol] ?? "tcp";
  const { method = "GET", path = "/", expect = [200], service = "" } = probe;
  switch (kind) {
    case "http":
      return { kind, method, path, expect };
    case "grpc":
      return { kind, service };
    case "tcp":
      return { kind };
  }
}
