import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import type { FederationContract } from "../federation/contract/contract.ts";
import { UserError } from "../federation/errors/userError.ts";
import { bundleOf, type TrustBundle } from "../federation/trust/bundle.ts";
import { bundleInFile, signedBundleInFile } from "../federation/trust/signedCa.ts";

/** The roots of a mesh and the CA that signs its workloads' certificates, as far as they are known. */
export interface OwnRoots {
  bundle: TrustBundle | undefined;
  /** PEM of the CA. */
  certificate: string | undefined;
}

/**
 * Reads the roots of a mesh without its cluster and its state: from the file that its configuration names, else from
 * the contract that it publishes now. A file that does not exist yet says nothing, as in a review.
 *
 * @param folder from which relative paths in the configuration count
 * @param published undefined where it is not known
 * @throws UserError `ca-file-invalid` or `ca-file-unreadable`
 */
export async function ownRoots(
  { ca }: Pick<MeshConfig, "ca">,
  folder: string,
  published: FederationContract | undefined,
): Promise<OwnRoots> {
  if (ca.provider === "external" && ca.rootFile !== undefined)
    return { bundle: await bundleInFile(ca.rootFile, readText(folder, ca.rootFile)), certificate: undefined };
  if (ca.provider === "signed" && existsSync(resolve(folder, ca.certificateFile)))
    return signedBundleInFile(ca.certificateFile, readText(folder, ca.certificateFile));
  const { roots = [], ca: signer } = published?.mesh ?? {};
  return { bundle: bundleOf(roots), certificate: signer?.pem };
}

function readText(folder: string, file: string): string {
  try {
    return readFileSync(resolve(folder, file), "utf8");
  } catch (error) {
    throw new UserError("ca-file-unreadable", {
      subject: file,
      problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      remedy: "Give a readable file of PEM certificates",
    });
  }
}
