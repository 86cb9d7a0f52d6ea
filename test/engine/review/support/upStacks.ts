import { operate } from "../../../../workspace/pulumiCommand.ts";
import { prepareTools } from "../../../../workspace/tools.ts";
import { sourceVariable } from "../../../../tools/source.ts";

/** `node upStacks.ts <stack>...` in a clone: `pulumi up` of stacks whose clusters need no lab, one after the other. */
const tools = await prepareTools({ forced: process.env[sourceVariable] || "registry" });
for (const stack of process.argv.slice(2)) {
  const result = await operate(tools, "up", stack, { env: { MESH_FEDERATION_SOURCES: "" } });
  process.stdout.write(`${stack}: ${result.counts}\n`);
}
