import type { z } from "zod";
import { UserError, type Finding } from "../errors/userError.ts";
import { contractSchema, contractVersion } from "./schema.ts";

export { contractVersion };

/** Name of the stack output in which a mesh publishes its contract. */
export const federationOutput = "federation";

/** What a mesh publishes to its peers as stack output `federation`. Plain values only, never a secret. */
export type FederationContract = z.infer<typeof contractSchema>;
export type ContractExport = FederationContract["exports"][number];
export type ContractImport = FederationContract["imports"][number];
export type PendingImport = FederationContract["pendingImports"][number];
/** Why an import is pending. */
export type PendingReason = Pick<PendingImport, "reason" | "cause">;
/** A peer that a mesh does not trust for now. */
export type ContractQuarantine = FederationContract["quarantine"][number];
/** A root certificate of a mesh. */
export type ContractRoot = FederationContract["mesh"]["roots"][number];
export type PendingTrust = FederationContract["pendingTrust"][number];
export type ServicePort = ContractExport["ports"][number];
/** How one port of an import is tested. */
export type ContractProbe = ContractImport["probe"][string];

/** `cause` of an import that is pending because one of the two meshes has the other in quarantine. */
export const quarantineCause = "quarantine";

/** All meshes an import comes from; of a contract that an earlier release wrote, too. */
export function importedFrom(spec: Pick<ContractImport, "from" | "meshes">): string[] {
  return spec.meshes.length > 0 ? spec.meshes : [spec.from];
}

/**
 * Reads a contract, checks every field by the publisher's own rules, and writes addresses in canonical form. Unknown
 * fields are ignored: a peer may be one release ahead.
 * @throws UserError that names the peer and the first five fields that are not valid
 */
export function parseContract(value: unknown, peer: string): FederationContract {
  const subject = `contract of peer "${peer}"`;
  const version = (value as { version?: unknown } | null)?.version;
  if (version !== contractVersion)
    throw new UserError("contract-version-unsupported", {
      subject,
      // Of a value that is no version nothing is shown: the value can be a part of any file.
      problem:
        `it has ${typeof version === "number" ? `version ${version}` : "no version"}; ` +
        `this program reads version ${contractVersion}`,
      remedy: `Bring both meshes to the same release, then run \`pulumi up --stack ${peer}\``,
    });
  const result = contractSchema.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.slice(0, 5).map((issue): Finding => {
    const field = issue.path.map(String).join(".").slice(0, 200) || "contract";
    return { code: "contract-invalid", subject: field, problem: issue.message, remedy: "" };
  });
  const problem = "it does not have the expected fields";
  const remedy = `Run \`pulumi up --stack ${peer}\` with the current release to write it again`;
  throw new UserError("contract-invalid", { subject, problem, remedy }, details);
}

/**
 * Reads the contract of a peer.
 * @throws UserError when it is not a contract, or that of another mesh
 */
export function contractOfPeer(value: unknown, name: string): FederationContract {
  const found = parseContract(value, name);
  if (found.mesh.name === name) return found;
  throw new UserError("contract-of-other-mesh", {
    subject: `contract of peer "${name}"`,
    problem: `it is the contract of mesh "${found.mesh.name}"`,
    remedy: `Correct peers.${name}, or use the mesh's own name`,
  });
}
