import { argumentError, exit, fail } from "./arguments.ts";
import { adoptCommand } from "./commands/adopt.ts";
import { initCommand } from "./commands/init.ts";

/* The program of the npm package `create-pulumi-mesh-federation`, for a machine without this repository. */
const name = "create-pulumi-mesh-federation";

const usage = `npx ${name} init|adopt [OPTIONS]
npm create pulumi-mesh-federation -- [OPTIONS of init]

  init   reads two existing meshes, and writes a Pulumi project in which one exports a
         Service and the other imports it
  adopt  reads a mesh that federates by hand, and writes a Pulumi project whose first \`up\`
         imports its objects and changes none

"npx ${name} init --help" has the options.`;

const commands: Record<string, (program: string) => Promise<number>> = { init: initCommand, adopt: adoptCommand };

async function main(): Promise<number> {
  const [first] = process.argv.slice(2);
  if (first === undefined || first === "--help") {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const command = first.startsWith("-") ? "init" : first;
  if (!Object.hasOwn(commands, command)) throw argumentError("command", command, Object.keys(commands).join(", "));
  // The commands read what follows their name.
  if (first === command) process.argv.splice(2, 1);
  return commands[command]!(`npx ${name} ${command}`);
}

main().then(exit, fail);
