import { exit, fail, readArguments } from "./arguments.ts";
import { defaultPicture, drawGraph } from "../status/drawGraph.ts";
import { prepareTools } from "../workspace/tools.ts";

const usage = `npm run graph [-- --svg FILE]

Draws which mesh imports what from which mesh, from the stacks' outputs: prints the
graph for Mermaid and writes it as SVG.

  --svg FILE   the file; default ${defaultPicture}, the README's picture, which is
               written only where every mesh can be read`;

async function main(): Promise<number> {
  const options = readArguments({ svg: { type: "string" } }, usage);
  await drawGraph(await prepareTools(), options.svg);
  return 0;
}

main().then(exit, fail);
