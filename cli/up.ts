import { up } from "../deploy/up.ts";
import { consoleProgress } from "../tools/progress.ts";
import { exit, fail, readArguments } from "./arguments.ts";

const usage = `npm run up [-- --source release|registry] [--no-verify] [--pin]
              [--example NAME]

Creates or updates the federation: tools, the lab in registry mode, the trust
stack if there is one, every mesh and its imports. Then sends a request through
each import. It can be interrupted and resumed; a second run changes nothing.

  --source S     where tools, charts and images come from: release (official
                 downloads) or registry (built from package registries);
                 default: release if its hosts answer
  --no-verify    do not send requests through the imports
  --pin          write the roots of meshes of this project that have none
                 pinned yet into the stack files of their peers
  --example N    first copy the stack files of an example to stacks/: own-roots
                 (each mesh has a root of its own) or default, which goes back.
                 Edits in stacks/ are never overwritten. Roots are pinned`;

async function main(): Promise<number> {
  const options = readArguments(
    {
      source: { type: "string" },
      "no-verify": { type: "boolean" },
      pin: { type: "boolean" },
      example: { type: "string" },
    },
    usage,
  );
  const { source, pin = false, example } = options;
  await up({ source, verify: !options["no-verify"], pin, example }, consoleProgress(process.stdout));
  return 0;
}

main().then(exit, fail);
