import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Rendered } from "./rendered.ts";

/** How many renderings are kept. The oldest go first. */
const most = 200;

/** A chart to render. */
export interface Rendering {
  /** What the release names: a folder or an archive, or a chart of a repository. */
  chart: string;
  /** Its repository, if it is of one. */
  repo?: string;
  /** Whether helm fetches or checks something beside the chart. */
  dependencyUpdate?: boolean;
  verify?: boolean;
}

/**
 * What a chart on this disk rendered to, from an earlier process where the helm program, its variables, its arguments, its
 * files and every byte of the chart are the same; otherwise rendered now, and kept for later in the Pulumi home. A preview
 * renders every release, and a chart of a megabyte costs helm most of a second. Kept are a checksum and names, nothing of
 * the values, and nothing of the manifests, in which there may be secrets.
 *
 * What comes out of anything else is rendered each time: a chart of a repository, its dependencies fetched anew, a check
 * against a keyring. A chart that makes up texts (`randAlphaNum`, `genCA`) counts as unchanged as long as it is kept here.
 */
export async function renderedBefore(
  { chart, repo, dependencyUpdate, verify }: Rendering,
  call: { args: string[]; files: Record<string, string>; environment?: Record<string, string> },
  render: () => Promise<Rendered>,
): Promise<Rendered> {
  const home = process.env["PULUMI_HOME"];
  if (!home || repo || dependencyUpdate || verify || !existsSync(chart)) return render();
  const folder = join(home, "rendered-charts");
  const key = keyOf(chart, call);
  const kept = read(join(folder, `${key}.json`));
  if (kept) return kept;
  const result = await render();
  // A chart that was changed meanwhile may have rendered to either.
  if (keyOf(chart, call) === key) keep(folder, key, result);
  return result;
}

function keyOf(
  chart: string,
  { args, files, environment }: { args: string[]; files: Record<string, string>; environment?: Record<string, string> },
): string {
  const own = Object.entries(process.env)
    .filter(([name]) => name.startsWith("HELM_"))
    .sort();
  const hash = createHash("sha256").update(JSON.stringify([helmProgram(), own, environment, args, files]));
  addContent(hash, chart, "");
  return hash.digest("hex");
}

/** Which program it is: what a newer one of the same path renders, its default Kubernetes version among it, may differ. */
function helmProgram(): unknown[] {
  const path = process.env["MESH_FEDERATION_HELM"];
  const status = path ? statSync(path, { throwIfNoEntry: false }) : undefined;
  return [path, status?.size, status?.mtimeMs];
}

function read(file: string): Rendered | undefined {
  try {
    const { checksum, resourceNames } = JSON.parse(readFileSync(file, "utf8")) as Partial<Rendered>;
    return checksum && resourceNames ? { checksum, resourceNames } : undefined;
  } catch {
    return undefined; // Not rendered before, or not written to its end.
  }
}

/** Writes in one step, as several processes may; one that cannot write goes without. */
function keep(folder: string, key: string, result: Rendered): void {
  try {
    mkdirSync(folder, { recursive: true });
    const next = join(folder, `${key}.${process.pid}.new`);
    writeFileSync(next, JSON.stringify(result), { mode: 0o600 });
    renameSync(next, join(folder, `${key}.json`));
    dropOldest(folder);
  } catch {
    // What is half-written is never read, and goes with the oldest.
  }
}

function dropOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= most) return;
  const ages = names.map((name) => ({
    name,
    time: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }));
  for (const { name } of ages.sort((a, b) => b.time - a.time).slice(most)) rmSync(join(folder, name), { force: true });
}

function addContent(hash: ReturnType<typeof createHash>, path: string, name: string): void {
  if (statSync(path).isDirectory())
    for (const entry of readdirSync(path).sort()) addContent(hash, join(path, entry), `${name}/${entry}`);
  else hash.update(`${name}\0`).update(readFileSync(path)).update("\0");
}
