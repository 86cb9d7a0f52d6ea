import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "./artefact.ts";
import { download, extract } from "./download.ts";
import type { Progress } from "./progress.ts";
import { pluginRelease } from "./releases.ts";
import { pinned } from "./versions.ts";

/** Folder of a resource plugin in a Pulumi home. */
function folderOf(pulumiHome: string, name: string, version: string): string {
  return join(pulumiHome, "plugins", `resource-${name}-v${version}`);
}

/** Installs launchers that run this project's stand-in plugins with the Node that runs this, where they differ. */
export function installStandIns(helm: string, pulumiHome: string, projectRoot: string, progress: Progress): void {
  for (const [name, version] of Object.entries(pinned.plugins)) {
    const folder = folderOf(pulumiHome, name, version);
    const launcher = [
      "#!/bin/sh",
      "# Stand-in for the official plugin, which no package registry has.",
      ...(name === "kubernetes" ? [`export MESH_FEDERATION_HELM=${quote(helm)}`] : []),
      `exec ${quote(process.execPath)} ${quote(join(projectRoot, "plugins", name, "main.ts"))} "$@"`,
      "",
    ].join("\n");
    const file = join(folder, `pulumi-resource-${name}`);
    if (existsSync(file) && readFileSync(file, "utf8") === launcher) continue;
    mkdirSync(folder, { recursive: true });
    // Renamed into place: the engine may be starting it at this moment.
    writeFileSync(`${file}.new`, launcher, { mode: 0o755 });
    renameSync(`${file}.new`, file);
  }
  const names = Object.entries(pinned.plugins).map(([name, version]) => `${name} ${version}`);
  progress.note(`plugins: stand-ins of this project for the official ${names.join(", ")}`);
}

/** Downloads the official plugins that a Pulumi home lacks, checked against their publisher's checksums. */
export async function installOfficialPlugins(pulumiHome: string, progress: Progress): Promise<void> {
  for (const [name, version] of Object.entries(pinned.plugins)) {
    const folder = folderOf(pulumiHome, name, version);
    if (existsSync(join(folder, `pulumi-resource-${name}`))) continue;
    const step = progress.step(`download plugin ${name} ${version}`, 20);
    try {
      const archive = await download(pluginRelease(name, version), join(cacheRoot(), "downloads"), progress);
      const fresh = `${folder}.new`;
      rmSync(fresh, { recursive: true, force: true });
      await extract(archive, fresh);
      rmSync(folder, { recursive: true, force: true });
      renameSync(fresh, folder);
      step.done();
    } catch (error) {
      step.fail(error);
      throw error;
    }
  }
}

function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
