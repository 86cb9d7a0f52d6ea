import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Rendered } from "./rendered.ts";

/**
 * What a chart on this disk rendered to, from an earlier process where helm, its arguments, its files and every byte of the
 * chart are the same; otherwise rendered now, and kept for later in the Pulumi home. A preview renders every release, and a
 * chart of a megabyte costs helm most of a second. Kept are a checksum and names, nothing of the values.
 *
 * @param chart what the release names; a chart of a repository is always rendered, which of its versions it is only helm knows
 */
export async function renderedBefore(chart: string, call: { args: string[]; files: Record<string, string> }, render: () => Promise<Rendered>): Promise<Rendered> {
  const home = process.env["PULUMI_HOME"];
  if (!home || !existsSync(chart)) return render();
  const hash = createHash("sha256").update(JSON.stringify([process.env["MESH_FEDERATION_HELM"], call.args, call.files]));
  addContent(hash, chart, "");
  const folder = join(home, "rendered-charts");
  const file = join(folder, `${hash.digest("hex")}.json`);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Rendered;
  } catch {
    // Not rendered before.
  }
  const result = await render();
  mkdirSync(folder, { recursive: true });
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, JSON.stringify(result), { mode: 0o600 });
  renameSync(next, file);
  return result;
}

function addContent(hash: ReturnType<typeof createHash>, path: string, name: string): void {
  if (statSync(path).isDirectory()) for (const entry of readdirSync(path).sort()) addContent(hash, join(path, entry), `${name}/${entry}`);
  else hash.update(`${name}\0`).update(readFileSync(path)).update("\0");
}
