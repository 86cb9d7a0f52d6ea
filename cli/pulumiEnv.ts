import { delimiter, dirname, join } from "node:path";
import { exit, fail, readArguments } from "./arguments.ts";
import { needsLab } from "../workspace/needsLab.ts";
import { shellExports, shellQuoted } from "../workspace/pulumiCommand.ts";
import { prepareTools } from "../workspace/tools.ts";
import { pulumiEnvironment, root } from "../workspace/workspace.ts";

const usage = `eval "$(npm run -s pulumi-env)"

Prints the variables with which Pulumi works on this clone (home, backend, passphrase, tools) as lines for a shell, and a
function \`pulumi\`, which is \`npm run pulumi --\`: it enters the lab's network where there is one, and keeps this clone's
secrets settings out of the shared stack files, where \`command pulumi\` writes them (docs/decisions/0009).`;

async function main(): Promise<void> {
  readArguments({}, usage);
  const tools = await prepareTools();
  // Only what is Pulumi's: the shell's other programs, the proxies they use and their Node are none of our business.
  const env = Object.fromEntries(
    Object.entries(pulumiEnvironment(tools, await needsLab(tools.source, root))).filter(([name]) =>
      /^(PULUMI|MESH_FEDERATION)_/.test(name),
    ),
  );
  const path = `export PATH=${shellQuoted([tools.bin, dirname(process.execPath)].join(delimiter))}${delimiter}"$PATH"\n`;
  const launcher = [process.execPath, join(root, "cli", "pulumi.ts")].map(shellQuoted).join(" ");
  process.stdout.write(`${shellExports(env)}${path}pulumi() { ${launcher} "$@"; }\n`);
}

main().then(() => exit(0), fail);
