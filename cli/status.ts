import { exit, fail, readArguments } from "./arguments.ts";
import { enterLab, insideVariable } from "../workspace/enterLab.ts";
import { prepareTools } from "../workspace/tools.ts";

const usage = `npm run status [-- --json]

Shows each mesh with its gateways and what keeps them from serving, each export
with its importers, the expiry of certificates, pending imports, and drift.
Changes nothing.

Exit code 0: complete; 1: a mesh cannot be read or reached, or denies access.`;

async function main(): Promise<number> {
  const options = readArguments({ json: { type: "boolean" } }, usage);
  const tools = await prepareTools();
  if (!process.env[insideVariable]) return enterLab(tools, "status.ts", process.argv.slice(2));
  // Loaded here, so that the process outside the lab does not load it.
  const { printStatus } = await import("../status/printStatus.ts");
  return printStatus(tools, options.json ?? false);
}

main().then(exit, fail);
