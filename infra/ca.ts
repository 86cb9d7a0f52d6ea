import * as pulumi from "@pulumi/pulumi";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import type { ContractRoot } from "../federation/contract/contract.ts";
import { UserError } from "../federation/errors/userError.ts";
import { parseCaMaterial, rootFingerprints, type CaMaterial } from "../federation/trust/caMaterial.ts";
import { readSecret } from "./config.ts";
import { stackName } from "./peers.ts";
import { readOutputs } from "./readOutputs.ts";

/** The CA that a mesh signs with. */
export interface MeshCa {
  /** Secret. */
  material: pulumi.Output<CaMaterial>;
  /** SHA-256 of its root certificates, by which meshes compare their roots. Not secret. */
  roots: ContractRoot[];
}

/**
 * The mesh's CA, from the trust stack or from its own configuration.
 * @throws UserError when there is none
 */
export function readCa(config: MeshConfig): Promise<MeshCa> {
  return config.ca.provider === "shared" ? readIntermediate(config.ca.stack, config.mesh.name) : readCaMaterial();
}

/** The CA in the secret key `caMaterial`, checked. */
async function readCaMaterial(): Promise<MeshCa> {
  const text = await readSecret("caMaterial");
  if (text === undefined)
    throw new UserError("ca-material-missing", {
      subject: "caMaterial",
      problem: "it is not set, but ca.provider is existing",
      remedy: "Set it with `pulumi config set --secret caMaterial` to JSON {caCert, caKey, certChain, rootCert}",
    });
  const given = await parseCaMaterial(text, new Date());
  return { material: pulumi.secret(given), roots: rootsIn(given.rootCert) };
}

/** The intermediate of a mesh, from the trust stack. */
async function readIntermediate(stack: string, mesh: string): Promise<MeshCa> {
  const full = stack.includes("/") ? stack : stackName(stack);
  const subject = `trust stack "${full}"`;
  const remedy = `Run \`pulumi up --stack ${stack}\` first, or bring your own CA with ca.provider: existing`;
  const plain = await readOutputs(full).catch((error: unknown) => {
    const reason = String((error as Error).message).split("\n")[0]!;
    throw error instanceof UserError
      ? error
      : new UserError("trust-stack-unreadable", { subject, problem: `it cannot be read (${reason})`, remedy });
  });
  const meshes = plain["meshes"];
  if (!Array.isArray(meshes))
    throw new UserError("trust-stack-empty", { subject, problem: "it publishes nothing", remedy });
  if (!meshes.includes(mesh))
    throw new UserError("intermediate-missing", {
      subject,
      problem: `it has no intermediate for mesh "${mesh}"; it has: ${meshes.join(", ")}`,
      remedy: `Run \`pulumi up --stack ${stack}\``,
    });
  const material = new pulumi.StackReference(full).requireOutput("intermediates").apply((all) => {
    const found = (all as Record<string, CaMaterial>)[mesh];
    if (!found)
      throw new UserError("trust-secrets-undecryptable", {
        subject,
        problem: "its secrets cannot be decrypted by this stack",
        remedy: "Use the same passphrase or secrets provider for both stacks, or ca.provider: existing",
      });
    return found;
  });
  return { material, roots: rootsIn(String(plain["rootCert"] ?? "")) };
}

function rootsIn(pem: string): ContractRoot[] {
  return rootFingerprints(pem).map((sha256) => ({ sha256, pem, use: "active" }));
}
