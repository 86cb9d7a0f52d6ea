import * as pulumi from "@pulumi/pulumi";
import { parseCaMaterial, rootFingerprints, type CaMaterial } from "../federation/trust/caMaterial.ts";
import { Problem } from "../federation/errors/problem.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import { readSecret } from "./config.ts";
import { stackName } from "./peers.ts";
import { readOutputs } from "./readOutputs.ts";

/** The CA that a mesh signs with. */
export interface MeshCa {
  /** Secret. */
  material: pulumi.Output<CaMaterial>;
  /** SHA-256 of its root certificates, by which meshes see whether they have one in common. Not secret. */
  roots: string[];
}

/** Takes the mesh's CA from the trust stack or from its own configuration. Throws a `Problem` where there is none. */
export function readCa(config: MeshConfig): Promise<MeshCa> {
  return config.ca.provider === "existing" ? readCaMaterial() : readIntermediate(config.ca.stack, config.mesh.name);
}

/** CA material given as secret key `caMaterial`, checked. */
async function readCaMaterial(): Promise<MeshCa> {
  const text = await readSecret("caMaterial");
  if (text === undefined)
    throw new Problem(
      "ca.provider is existing, but key caMaterial is not set; set it with `pulumi config set --secret caMaterial` to JSON {caCert, caKey, certChain, rootCert}",
    );
  const given = parseCaMaterial(text);
  return { material: pulumi.secret(given), roots: rootFingerprints(given.rootCert) };
}

/** The intermediate of a mesh, from the trust stack; what is missing is said with what to run. */
async function readIntermediate(stack: string, mesh: string): Promise<MeshCa> {
  const full = stack.includes("/") ? stack : stackName(stack);
  const remedy = `run \`pulumi up --stack ${stack}\` first, or bring your own CA with ca.provider: existing`;
  let plain: Record<string, unknown>;
  try {
    plain = await readOutputs(full);
  } catch (error) {
    throw new Problem(`the trust stack "${full}" cannot be read (${firstLine(error)}); ${remedy}`);
  }
  const meshes = plain["meshes"];
  if (!Array.isArray(meshes)) throw new Problem(`the trust stack "${full}" has published nothing; ${remedy}`);
  if (!meshes.includes(mesh))
    throw new Problem(
      `the trust stack "${full}" has no intermediate for mesh "${mesh}" (it has: ${meshes.join(", ")}); run \`pulumi up --stack ${stack}\``,
    );
  const material = new pulumi.StackReference(full).requireOutput("intermediates").apply((all) => {
    const found = (all as Record<string, CaMaterial>)[mesh];
    if (!found)
      throw new Problem(
        `the secrets of the trust stack "${full}" cannot be decrypted here: use the same passphrase or secrets provider for both stacks, or ca.provider: existing`,
      );
    return found;
  });
  return { material, roots: rootFingerprints(String(plain["rootCert"] ?? "")) };
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split("\n")[0]!;
}
