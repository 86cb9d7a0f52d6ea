import { resolve } from "node:path";
import { exit, fail, readArguments } from "./arguments.ts";
import { enterLab, insideVariable } from "../workspace/enterLab.ts";
import { prepareTools } from "../workspace/tools.ts";

const usage = `npm run status [-- --json] [--rendered DIR]

Shows each mesh with its gateways and what keeps them from serving, each export
with its importers, the expiry of certificates, pending imports, and drift.
Changes nothing.

  --json          print the status as JSON
  --rendered DIR  what was made is what \`npm run render\` has written to DIR; the
                  kubeconfig is that of cluster.kubeconfigPath in a stack file

Exit code 0: complete; 1: a mesh cannot be read or reached, or denies access.`;

async function main(): Promise<number> {
  const options = readArguments({ json: { type: "boolean" }, rendered: { type: "string" } }, usage);
  if (options.rendered !== undefined) {
    const { printStatus } = await import("../status/printStatus.ts");
    const { renderedSource } = await import("../workspace/renderedMeshSource.ts");
    return printStatus(renderedSource(resolve(options.rendered)), options.json ?? false);
  }
  const tools = await prepareTools();
  if (!process.env[insideVariable]) return enterLab(tools, "status.ts", process.argv.slice(2));
  // Loaded here, so that the process outside the lab does not load it.
  const { printStatus } = await import("../status/printStatus.ts");
  const { stackSource } = await import("../status/createdObjects.ts");
  return printStatus(stackSource(tools), options.json ?? false);
}

main().then(exit, fail);
