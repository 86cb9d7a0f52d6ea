import * as pulumi from "@pulumi/pulumi";
import { MeshTrust } from "../components/meshTrust.ts";
import type { CaMaterial } from "../components/plan/caMaterial.ts";
import { Problem } from "../components/plan/problem.ts";
import { readRootConfig } from "./config.ts";
import { readOutputs, stackName } from "./peers.ts";
import { meshStackFiles } from "./stackFiles.ts";

/** Stack `trust`: the root CA, and an intermediate for every mesh that `stacks/` declares. */
export function trustProgram() {
  const meshes = meshStackFiles().map((s) => s.name);
  const trust = new MeshTrust("trust", { meshes, ...readRootConfig() });
  return { meshes, rootCert: trust.rootCert, intermediates: trust.intermediates };
}

/**
 * The intermediate of a mesh, from the trust stack. Secret.
 * Throws a `Problem` when the trust stack is not up, or knows no such mesh; both say what to run.
 */
export async function readIntermediate(stack: string, mesh: string): Promise<pulumi.Output<CaMaterial>> {
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
  if (!meshes.includes(mesh)) throw new Problem(`the trust stack "${full}" has no intermediate for mesh "${mesh}" (it has: ${meshes.join(", ")}); run \`pulumi up --stack ${stack}\``);
  return new pulumi.StackReference(full).requireOutput("intermediates").apply((all) => {
    const found = (all as Record<string, CaMaterial>)[mesh];
    if (!found) throw new Problem(`the secrets of the trust stack "${full}" cannot be decrypted here: use the same passphrase or secrets provider for both stacks, or ca.provider: existing`);
    return found;
  });
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split("\n")[0]!;
}
