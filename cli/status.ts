import { endWith, failWith, readArguments } from "./arguments.ts";
import { prepareTools } from "../workspace/tools.ts";
import { enterLab, insideVariable } from "../workspace/enterLab.ts";

const usage = `npm run status [-- --json]

One screen: each mesh and its gateway, each export and who imports it, when certificates end, what is pending, and what
in the clusters is not as the stacks left it. Changes nothing. Exit code 1 where a mesh cannot be read or reached, or refuses to be looked at.`;

async function main(): Promise<number> {
  const options = readArguments({ json: { type: "boolean" } }, usage);
  const tools = await prepareTools();
  if (!process.env[insideVariable]) return enterLab(tools, "status.ts", process.argv.slice(2));
  const { readStatus } = await import("../status/readStatus.ts");
  const { statusScreen } = await import("../status/screen.ts");
  const { status, complete } = await readStatus(tools);
  process.stdout.write(
    options.json ? `${JSON.stringify({ version: 1, ...status }, null, 2)}\n` : statusScreen(status, Date.now()),
  );
  return complete ? 0 : 1;
}

main().then(endWith, failWith);
