import { join } from "node:path";
import { failWith, readArguments } from "./arguments.ts";
import { pulumiInvocation, shellExports, shellQuoted } from "./pulumiCommand.ts";
import { prepareTools } from "./tools.ts";
import { root } from "./workspace.ts";

const usage = `eval "$(npm run -s pulumi-env)"

Prints the variables with which Pulumi works on this clone (home, backend, passphrase, tools) as lines for a shell, and a
function \`pulumi\`, which is \`npm run pulumi --\`: it enters the lab's network where there is one, and keeps this clone's
secrets settings out of the shared stack files, where \`command pulumi\` writes them (docs/decisions/0009).`;

async function main(): Promise<void> {
  readArguments({}, usage);
  const tools = await prepareTools();
  const { env } = await pulumiInvocation(tools, []);
  const launcher = [process.execPath, join(root, "cli", "pulumi.ts")].map(shellQuoted).join(" ");
  process.stdout.write(`${shellExports(env)}pulumi() { ${launcher} "$@"; }\n`);
}

main().then(() => process.exit(0), failWith);
