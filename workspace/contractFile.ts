import { readFileSync } from "node:fs";
import { contractOfPeer, type FederationContract } from "../federation/contract/contract.ts";
import { UserError } from "../federation/errors/userError.ts";

/**
 * Reads a peer's contract from a file that the peer's owner handed over.
 * @throws UserError when the file is not JSON, not a contract, or the contract of another mesh
 */
export function readContractFile(name: string, file: string): FederationContract {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    // The message of a JSON error quotes the file, which can be any file of this machine: it is neither shown nor kept.
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError("contract-file-unreadable", {
      subject: `peers.${name}.file`,
      problem: code === undefined ? `"${file}" is not JSON` : `"${file}" cannot be read (${code})`,
      remedy: `The owner of the mesh writes it with \`npm run contract -- ${name}\``,
    });
  }
  return contractOfPeer(value, name);
}
