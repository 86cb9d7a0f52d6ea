import type { Authority } from "../../../support/pki.ts";
import type { World } from "../world.ts";

/** The CA that signs a mesh's workloads. */
export interface MeshCa extends Authority {
  /** The CAs above it, without itself, PEM; they follow it in a chain. */
  above: string;
  /** The roots that the mesh trusts, PEM. */
  roots: string;
}

/** Reads a mesh's CA from its cluster. */
export async function readMeshCa(world: World, mesh: string): Promise<MeshCa> {
  const secret = ["get", "secret", "-n", "istio-system", "cacerts", "-o", "json"];
  const { data } = JSON.parse(await world.kubectl(mesh, secret)) as { data: Record<string, string> };
  const file = (name: string): string => `${Buffer.from(data[`${name}.pem`]!, "base64").toString().trim()}\n`;
  const certPem = file("ca-cert");
  const above = certificatesOf(file("cert-chain")).filter((pem) => pem !== certPem);
  return { certPem, keyPem: file("ca-key"), above: above.join(""), roots: file("root-cert") };
}

function certificatesOf(pem: string): string[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((one) => `${one}\n`);
}
