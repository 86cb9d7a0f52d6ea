import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { instance } from "@viz-js/viz";
import { endWith, failWith, readArguments } from "./arguments.ts";
import { prepareTools } from "../workspace/tools.ts";
import { readMeshes } from "../workspace/meshes.ts";
import { dot, importGraph, mermaid } from "../status/graph.ts";
import { root } from "../workspace/workspace.ts";

const usage = `npm run graph [-- --svg FILE]

Draws who imports what from whom, from the stacks' outputs: prints it for Mermaid and writes it as SVG.

  --svg FILE   where to; default docs/federation.svg, the README's picture, which is
               written only where every mesh can be read`;

/** The README's picture. */
const picture = "docs/federation.svg";

async function main(): Promise<number> {
  const options = readArguments({ svg: { type: "string" } }, usage);
  // No credentials: a contract is plain.
  const meshes = await readMeshes(await prepareTools(), []);
  const contracts = meshes.flatMap((m) => m.contract ?? []);
  for (const mesh of meshes.filter((m) => !m.contract)) process.stderr.write(`mesh "${mesh.name}" ${mesh.problem}\n`);
  if (contracts.length === 0) throw new Error("no mesh is up, so there is nothing to draw; run `npm run up`");
  if (contracts.length < meshes.length && options.svg === undefined)
    throw new Error(
      `${picture} is the picture of the whole federation and is left as it is; bring up or make readable what is named above, or draw what there is to another file: --svg FILE`,
    );
  const graph = importGraph(contracts);
  const file = resolve(root, options.svg ?? picture);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, (await instance()).renderString(dot(graph), { format: "svg" }));
  process.stdout.write(mermaid(graph));
  return 0;
}

main().then(endWith, failWith);
