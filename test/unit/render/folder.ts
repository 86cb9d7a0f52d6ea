import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { configPrefix } from "../../../federation/config/declaredMesh.ts";
import { render, type RenderOptions, type RenderResult } from "../../../render/render.ts";
import { exported, imported, mesh, type Stacks } from "../review/federation.ts";

/** The text of every file in a folder, by path. */
export function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]));
}

/** A folder with stack files, and what is rendered from them. */
export class RenderFolder {
  readonly folder = mkdtempSync(join(tmpdir(), "mesh-federation-render-"));
  readonly out = join(this.folder, "gitops");

  constructor(stacks: Stacks) {
    this.stacks(stacks);
  }

  /** Replaces the stack files; keys without the project's prefix. */
  stacks(stacks: Stacks): void {
    const folder = join(this.folder, "stacks");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [stack, keys] of Object.entries(stacks)) {
      const config = Object.fromEntries(Object.entries(keys).map(([key, value]) => [configPrefix + key, value]));
      writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
    }
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.folder, path, ".."), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  render(more: Partial<RenderOptions> = {}, now?: Date): Promise<RenderResult> {
    const options = { stacksFolder: join(this.folder, "stacks"), stacks: [], out: this.out, argocd: false, ...more };
    return render(options, now);
  }

  files(folder = this.out): Record<string, string> {
    return filesIn(folder);
  }

  contract(mesh: string): any {
    return JSON.parse(readFileSync(join(this.out, mesh, "contract.json"), "utf8"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Codes of refusals, with their stacks. */
export const codesOf = (failed: readonly { stack: string; code: string }[]): string[] =>
  failed.map((f) => `${f.stack} ${f.code}`);

/** West, of a trust domain of its own, exports httpbin to east. */
export const westOf = (more: Record<string, any> = {}) =>
  mesh("west", {
    mesh: { name: "west", trustDomain: "west.example", acceptedTrustDomains: ["cluster.local"] },
    exports: [exported("httpbin")],
    ...more,
  });

/** {@link westOf}, and east, which imports httpbin. */
export const apart = (more: Record<string, any> = {}): Stacks => ({
  east: mesh("east", { imports: [imported("httpbin")], peers: { west: { trustDomain: "west.example" } } }),
  west: westOf(more),
});

const folders: RenderFolder[] = [];

/** A folder that {@link removeFolders} removes. */
export function folderOf(stacks: Stacks): RenderFolder {
  const folder = new RenderFolder(stacks);
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) folder.remove();
}
