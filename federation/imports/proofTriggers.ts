import type { ContractImport } from "../contract/contract.ts";
import { socketAddress } from "../objects/socketAddress.ts";

/** The mesh that proves its imports. */
export interface ProvingMesh {
  name: string;
  stack: string;
  trustDomain: string;
}

/** An import with a client to call from. */
export type ProvenImport = ContractImport & { client: NonNullable<ContractImport["client"]> };

/** What an import's traffic proof depends on: it is proven again exactly when one of these values changes. */
export function proofTriggers(spec: ProvenImport): string[] {
  const { client } = spec;
  return [
    `host ${spec.host} ${spec.exportedHost}`,
    `ports ${[...spec.ports]
      .sort((a, b) => a.number - b.number)
      .map((p) => `${p.number}/${p.protocol}`)
      .join(" ")}`,
    `addresses ${spec.gateways.map(socketAddress).sort().join(" ")}`,
    `subjectAltNames ${[...spec.subjectAltNames].sort().join(" ")}`,
    `client ${client.namespace}/${client.serviceAccount} ${client.app}`,
  ];
}
