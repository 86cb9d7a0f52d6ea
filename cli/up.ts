import { up } from "../deploy/up.ts";
import { consoleProgress } from "../tools/progress.ts";
import { exit, fail, readArguments } from "./arguments.ts";

const usage = `npm run up [-- --source release|registry] [--no-verify]

Creates or updates the federation: tools, the lab in registry mode, the trust
stack if there is one, every mesh and its imports. Then sends a request through
each import. It can be interrupted and resumed; a second run changes nothing.

  --source S     where tools, charts and images come from: release (official
                 downloads) or registry (built from package registries);
                 default: release if its hosts answer
  --no-verify    do not send requests through the imports`;

async function main(): Promise<number> {
  const options = readArguments({ source: { type: "string" }, "no-verify": { type: "boolean" } }, usage);
  await up({ source: options.source, verify: !options["no-verify"] }, consoleProgress(process.stdout));
  return 0;
}

main().then(exit, fail);
