import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { federationOutput, parseContract } from "../federation/contract/contract.ts";
import { UserError } from "../federation/errors/userError.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import { stackOutputs } from "./pulumiCommand.ts";
import { meshNamed } from "./stackFiles.ts";
import { prepareTools } from "./tools.ts";
import { root } from "./workspace.ts";

/**
 * Writes the contract of a mesh to a file.
 * @param mesh its name, or the name of its stack
 * @param out path of the file; default `contracts/<mesh>.json`
 * @returns a summary in one line
 */
export async function writeContract(mesh: string, out: string | undefined): Promise<string> {
  const { name, stack } = meshNamed(mesh);
  const outputs = await stackOutputs(await prepareTools(), stack);
  if (!outputs?.[federationOutput])
    throw new UserError("contract-unpublished", {
      subject: `mesh "${name}"`,
      problem: "it has published no contract",
      remedy: `Run \`npm run pulumi -- up --stack ${stack}\` first`,
    });
  const contract = parseContract(outputs[federationOutput], name);
  const file = resolve(out ?? join(root, "contracts", `${name}.json`));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(contract, undefined, 2)}\n`);
  const gateways = contract.gateways.map(socketAddress).join(", ") || "none";
  const counts = `exports ${contract.exports.length}, imports ${contract.imports.length}`;
  return `${relative(process.cwd(), file)}: ${counts}, gateways ${gateways}`;
}
