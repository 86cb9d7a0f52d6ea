import { readFileSync } from "node:fs";
import { contractOfPeer, federationOutput, type FederationContract } from "../federation/contract/contract.ts";
import { valueInJson } from "../federation/contract/contractText.ts";
import { isMapping } from "../federation/config/values.ts";
import { UserError } from "../federation/errors/userError.ts";

/**
 * Reads a peer's contract from a file that the peer's owner handed over.
 * @throws UserError when the file is not JSON, not a contract, or the contract of another mesh
 */
export function readContractFile(name: string, file: string): FederationContract {
  const refuse = (problem: string): never => {
    throw new UserError("contract-file-unreadable", {
      subject: `peers.${name}.file`,
      problem: `"${file}" ${problem}`,
      remedy: `The owner of the mesh writes it with \`npm run contract -- ${name}\``,
    });
  };
  let value: unknown;
  try {
    value = valueInJson(readFileSync(file, "utf8"));
  } catch (error) {
    // The message of a JSON error quotes the file, which can be any file of this machine: it is neither shown nor kept.
    const { code } = error as NodeJS.ErrnoException;
    refuse((code === undefined ? "is not JSON" : `cannot be read (${code})`) + home(file));
  }
  if (isMapping(value) && value["version"] === undefined && isMapping(value[federationOutput]))
    refuse(`has all outputs of a stack; the contract is its output "${federationOutput}" alone`);
  return contractOfPeer(value, name);
}

/** Why a path from a shell does not work in a stack file. */
function home(file: string): string {
  return file.startsWith("~") ? "; only a shell replaces ~, so write the whole path" : "";
}
