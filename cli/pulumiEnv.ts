import { delimiter, dirname, join } from "node:path";
import { exit, fail, readArguments } from "./arguments.ts";
import { needsLab } from "../workspace/needsLab.ts";
import { shellExports, shellQuoted } from "../workspace/pulumiCommand.ts";
import { prepareTools } from "../workspace/tools.ts";
import { pulumiEnvironment, root } from "../workspace/workspace.ts";

const usage = `eval "$(npm run -s pulumi-env)"

Prints shell lines: the variables with which Pulumi works on this clone (home, backend, passphrase, tools), and a
function \`pulumi\`, which is \`npm run pulumi --\`. It enters the lab's network where there is one, and keeps this
clone's secrets settings out of the shared stack files, where \`command pulumi\` writes them (docs/decisions/0009).`;

async function main(): Promise<void> {
  readArguments({}, usage);
  const tools = await prepareTools();
  // Only Pulumi's variables: the shell's other programs keep their proxies and their Node.
  const env = Object.fromEntries(
    Object.entries(pulumiEnvironment(tools, await needsLab(tools.source, root))).filter(([name]) =>
      /^(PULUMI|MESH_FEDERATION)_/.test(name),
    ),
  );
  const folders = shellQuoted([tools.bin, dirname(process.execPath)].join(delimiter));
  const path = `export PATH=${folders}${delimiter}"$PATH"\n`;
  const launcher = [process.execPath, join(root, "cli", "pulumi.ts")].map(shellQuoted).join(" ");
  process.stdout.write(`${shellExports(env)}${path}pulumi() { ${launcher} "$@"; }\n`);
}

main().then(() => exit(0), fail);
