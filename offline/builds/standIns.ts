import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isStandIn, pluginFolder, standInMark } from "../../tools/plugins.ts";
import { pinned } from "../../tools/versions.ts";

/**
 * Installs launchers that run the stand-in plugins with the Node of this process. A launcher that is up to date stays.
 *
 * @returns the plugins that they replace, as `name version`
 */
export function installStandIns(helm: string, pulumiHome: string): string[] {
  for (const [name, version] of Object.entries(pinned.plugins)) {
    const folder = pluginFolder(pulumiHome, name, version);
    const environment = name === "kubernetes" ? `export MESH_FEDERATION_HELM=${quote(helm)}\n` : "";
    const program = join(import.meta.dirname, "..", "plugins", name, "main.ts");
    const launcher = `${standInMark}${environment}exec ${quote(process.execPath)} ${quote(program)} "$@"\n`;
    const file = join(folder, `pulumi-resource-${name}`);
    if (isStandIn(file) && readFileSync(file, "utf8") === launcher) continue;
    mkdirSync(folder, { recursive: true });
    // A rename: the engine may start the file at this moment.
    writeFileSync(`${file}.new`, launcher, { mode: 0o755 });
    renameSync(`${file}.new`, file);
  }
  return Object.entries(pinned.plugins).map(([name, version]) => `${name} ${version}`);
}

function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
