import type { FederationContract } from "../federation/contract/contract.ts";
import { autoPassthroughSni } from "../federation/objects/names.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import { certificatesIn } from "../federation/trust/certificate.ts";
import { pemOf } from "../federation/trust/pem.ts";
import type { Handshake } from "../federation/trust/trustEvidence.ts";
import { failed } from "../verify/evidence.ts";
import { readServerHandshake } from "../verify/gather/serverHandshake.ts";

/** Handshakes with each exported port: a gateway chooses one pod per connection. */
const attempts = 3;

/** Most exported ports and gateways of a mesh that are tried. */
const maxPorts = 3;
const maxGateways = 2;

/** Handshakes with workloads of a mesh, and those that were not possible. */
export interface HandshakeSample {
  handshakes: Handshake[];
  failures: { mesh: string; at: string; failure: string }[];
}

/** Shakes hands with some workloads of a mesh through its gateways. */
export async function sampleHandshakes({ mesh, gateways, exports }: FederationContract): Promise<HandshakeSample> {
  const ports = exports.flatMap(({ host, ports }) => ports.map(({ number }) => ({ host, number }))).slice(0, maxPorts);
  const tried = gateways.slice(0, maxGateways).flatMap((gateway) =>
    ports.flatMap(({ host, number }) => {
      const at = `${socketAddress(gateway)} ${host}:${number}`;
      return Array.from({ length: attempts }, async () => ({
        at,
        answer: await readServerHandshake({ mesh: mesh.name, ...gateway }, autoPassthroughSni(host, number)),
      }));
    }),
  );
  const sample: HandshakeSample = { handshakes: [], failures: [] };
  for (const { at, answer } of await Promise.all(tried)) {
    if (failed(answer)) sample.failures.push({ mesh: mesh.name, at, failure: answer.failure });
    else
      try {
        const chain = await certificatesIn(answer.chain.map((der) => pemOf("CERTIFICATE", der)).join(""));
        const authorities = answer.authorities?.map((name) => name.toString("hex"));
        sample.handshakes.push({ mesh: mesh.name, at, chain, authorities });
      } catch (error) {
        sample.failures.push({ mesh: mesh.name, at, failure: (error as Error).message });
      }
  }
  return sample;
}
