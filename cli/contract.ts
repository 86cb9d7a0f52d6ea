import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { federationOutput, parseContract } from "../federation/contract/contract.ts";
import { meshStackFiles } from "../workspace/stackFiles.ts";
import { endWith, failWith, wrongOption } from "./arguments.ts";
import { stackOutputs } from "../workspace/pulumiCommand.ts";
import { prepareTools } from "../workspace/tools.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import { root } from "../workspace/workspace.ts";

const usage = `npm run contract -- MESH [--out FILE]

Writes what a mesh publishes to its peers to a file, contracts/MESH.json by default: for owners who share no backend.
Hand it over, let the other side review and commit it, and name it there: peers: {MESH: {file: contracts/MESH.json}}.
It holds names, addresses and identities, never a secret. Write it anew after each change of exports or gateway.`;

function parsed() {
  try {
    return parseArgs({ options: { out: { type: "string" }, help: { type: "boolean" } }, allowPositionals: true });
  } catch (error) {
    wrongOption(`${(error as Error).message}\n\n${usage}`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parsed();
  if (values.help || positionals.length !== 1) {
    process.stdout.write(`${usage}\n`);
    process.exit(values.help ? 0 : 2);
  }
  const mesh = positionals[0]!;
  const files = meshStackFiles(root);
  const found = files.find((f) => f.name === mesh || f.stack === mesh);
  if (!found) wrongOption(`there is no mesh "${mesh}"; there are: ${files.map((f) => f.name).join(", ")}`);
  const outputs = await stackOutputs(await prepareTools(), found.stack);
  if (!outputs?.[federationOutput])
    throw new Error(`mesh "${found.name}" has published nothing; run \`pulumi up --stack ${found.stack}\` first`);
  const contract = parseContract(outputs[federationOutput], found.name);
  const file = resolve(values.out ?? join(root, "contracts", `${found.name}.json`));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(contract, undefined, 2)}\n`);
  process.stdout.write(
    `${relative(process.cwd(), file)}: exports ${contract.exports.length}, imports ${contract.imports.length}, gateways ${contract.gateways.map(socketAddress).join(", ") || "none"}\n`,
  );
}

main().then(() => endWith(0), failWith);
