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
    const text = {
      subject: `peers.${name}.file`,
      problem: `"${file}" cannot be read as JSON (${(error as Error).message})`,
      remedy: `The owner of the mesh writes it with \`npm run contract -- ${name}\``,
    };
    throw new UserError("contract-file-unreadable", text, [], { cause: error });
  }
  return contractOfPeer(value, name);
}
