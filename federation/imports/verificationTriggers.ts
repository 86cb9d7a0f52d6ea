import type { ContractImport } from "../contract/contract.ts";
import { socketAddress } from "../objects/socketAddress.ts";

/** The mesh that verifies its imports. */
export interface VerifyingMesh {
  name: string;
  stack: string;
  trustDomain: string;
}

/** An import that is verified on `up`: one with a client to call from. */
export type ImportWithClient = ContractImport & { client: NonNullable<ContractImport["client"]> };

/** The values on which the verification of an import depends: it runs again exactly when one of them changes. */
export function verificationTriggers(spec: ImportWithClient): string[] {
  const { client } = spec;
  const selected = Object.entries(client.labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  const selection = [client.app, ...selected, client.spiffeId ?? ""].join(" ").trim();
  return [
    `host ${spec.host} ${spec.exportedHost}`,
    `ports ${[...spec.ports]
      .sort((a, b) => a.number - b.number)
      .map((p) => `${p.number}/${p.protocol}`)
      .join(" ")}`,
    `addresses ${spec.gateways.map(socketAddress).sort().join(" ")}`,
    `subjectAltNames ${[...spec.subjectAltNames].sort().join(" ")}`,
    `client ${client.namespace}/${client.serviceAccount} ${selection}`,
    ...(spec.hasRule ? [] : ["auto mTLS"]),
  ];
}
