import { down } from "../deploy/down.ts";
import { consoleProgress } from "../tools/progress.ts";
import { exit, fail, readArguments } from "./arguments.ts";

const usage = `npm run down

Destroys every mesh, importers first, then the trust stack, and stops the lab.
Meshes that import from each other lose their imports first. It can be
interrupted and resumed.

No cluster, container, daemon or network namespace of this clone is left. The
tool cache and existing clusters stay.`;

async function main(): Promise<number> {
  readArguments({}, usage);
  await down(consoleProgress(process.stdout));
  return 0;
}

main().then(exit, fail);
