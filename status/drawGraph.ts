import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { instance } from "@viz-js/viz";
import { UserError, inline } from "../federation/errors/userError.ts";
import type { Toolchain } from "../tools/index.ts";
import { readMeshes } from "../workspace/meshes.ts";
import { root } from "../workspace/workspace.ts";
import { dot, importGraph, mermaid } from "./graph.ts";

/** The README's picture, from the root of the clone. */
export const defaultPicture = "docs/federation.svg";

/**
 * Draws the import graph from the stacks' outputs: prints it for Mermaid and writes it as SVG.
 * @param svg file to write; default {@link defaultPicture}, which is written only where every mesh can be read
 */
export async function drawGraph(tools: Toolchain, svg: string | undefined): Promise<void> {
  // Without credentials: a contract is not secret.
  const meshes = await readMeshes(tools, []);
  const contracts = meshes.flatMap((m) => m.contract ?? []);
  const unread = meshes.filter((m) => !m.contract);
  for (const mesh of unread) process.stderr.write(`${inline(`mesh "${mesh.name}" ${mesh.problem}`)}\n`);
  if (contracts.length === 0)
    throw new UserError("graph-empty", {
      subject: "graph",
      problem: "no mesh is up, so there is nothing to draw",
      remedy: "Run `npm run up`",
    });
  if (unread.length > 0 && svg === undefined)
    throw new UserError("graph-incomplete", {
      subject: defaultPicture,
      problem: `it shows the whole federation, and ${unread.map((m) => `"${m.name}"`).join(", ")} cannot be read`,
      remedy: "Bring up these meshes, or draw the other ones to another file: --svg FILE",
    });
  const graph = importGraph(contracts);
  const file = resolve(root, svg ?? defaultPicture);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, (await instance()).renderString(dot(graph), { format: "svg" }));
  process.stdout.write(mermaid(graph));
}
