import { readFileSync } from "node:fs";
import { parseContract, type FederationContract } from "../federation/contract/contract.ts";
import { Problem } from "../federation/errors/problem.ts";

/** Reads a peer's contract from the file that its owner handed over. Throws a `Problem` when there is none, or another's. */
export function readContractFile(name: string, file: string): FederationContract {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Problem(
      `peers.${name}.file: "${file}" cannot be read as JSON (${(error as Error).message}); its owner writes it with \`npm run contract -- ${name}\``,
    );
  }
  return contractOfPeer(value, name);
}

/** What a peer published, checked. Throws a `Problem` when it is not a contract, or another mesh's. */
export function contractOfPeer(value: unknown, name: string): FederationContract {
  const contract = parseContract(value, name);
  if (contract.mesh.name !== name)
    throw new Problem(
      `peer "${name}" publishes the contract of mesh "${contract.mesh.name}"; correct peers.${name}, or use the mesh's own name`,
    );
  return contract;
}
