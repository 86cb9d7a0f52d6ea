import { writeContract } from "../workspace/writeContract.ts";
import { exit, fail, readArgumentAnd } from "./arguments.ts";

const usage = `npm run contract -- MESH [--out FILE]

Writes the contract of a mesh, which it publishes to its peers, to a file. Use it
where the owners of two meshes share no backend: send the file to the other
owner, who reviews it, commits it and sets
peers: {MESH: {file: contracts/MESH.json}}. The file holds names, addresses and
identities, and no secret. Run this again after a change of exports or gateways.

  --out FILE   default contracts/MESH.json`;

async function main(): Promise<number> {
  const { values, argument } = readArgumentAnd({ out: { type: "string" } }, usage);
  process.stdout.write(`${await writeContract(argument, values.out)}\n`);
  return 0;
}

main().then(exit, fail);
