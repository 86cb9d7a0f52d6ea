import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";
import { cacheRoot } from "./artifact.ts";
import { download, extract } from "./download.ts";
import { withLock } from "./lock.ts";
import type { Progress } from "./progress.ts";
import { lockedSum, lockFiles } from "./releaseLock.ts";
import { pluginRelease } from "./releases.ts";
import { pinned } from "./versions.ts";

/** Folder of a resource plugin in a Pulumi home. */
export function pluginFolder(pulumiHome: string, name: string, version: string): string {
  return join(pulumiHome, "plugins", `resource-${name}-v${version}`);
}

/** First bytes of every launcher of a stand-in; an official plugin starts with others. */
export const standInMark = "#!/bin/sh\n# Stand-in for the official plugin, which no package registry has.\n";

/** Downloads the official plugins that a Pulumi home lacks, checked against their publisher's checksums. */
export async function installOfficialPlugins(pulumiHome: string, progress: Progress): Promise<void> {
  // What is there already was made from what this clone recorded, which a lock committed since may refuse.
  for (const [name, version] of Object.entries(pinned.plugins)) lockedSum(pluginRelease(name, version), lockFiles);
  const missing = (): [string, string][] =>
    Object.entries(pinned.plugins).filter(
      ([name, version]) => !isOfficial(join(pluginFolder(pulumiHome, name, version), `pulumi-resource-${name}`)),
    );
  if (missing().length === 0) return;
  const work = async (): Promise<void> => {
    for (const [name, version] of missing()) await installOfficialPlugin(pulumiHome, name, version, progress);
  };
  await withLock(join(pulumiHome, "plugins.lock"), work, (pid) =>
    progress.note(`plugins: waiting for process ${pid}, which is installing them`),
  );
}

async function installOfficialPlugin(
  pulumiHome: string,
  name: string,
  version: string,
  progress: Progress,
): Promise<void> {
  const folder = pluginFolder(pulumiHome, name, version);
  const release = pluginRelease(name, version);
  const step = progress.step(`download plugin ${name} ${version}`, 20);
  try {
    const archive = await download(release, join(cacheRoot(), "downloads"), {
      note: progress.note,
      update: step.update,
    });
    // Outside the folder of plugins, where the engine takes every folder for one.
    const fresh = join(pulumiHome, "plugin.new");
    rmSync(fresh, { recursive: true, force: true });
    await extract(archive, fresh);
    if (!existsSync(join(fresh, `pulumi-resource-${name}`)))
      throw new UserError("release-layout-unknown", {
        subject: release.url,
        problem: `the archive holds no pulumi-resource-${name}`,
        remedy: "Use the version that this project pins",
      });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(fresh, folder);
    step.done();
  } catch (error) {
    step.fail(error);
    throw error;
  }
}

export function isStandIn(file: string): boolean {
  if (!existsSync(file)) return false;
  const start = Buffer.alloc(standInMark.length);
  const opened = openSync(file, "r");
  readSync(opened, start);
  closeSync(opened);
  return start.toString() === standInMark;
}

function isOfficial(file: string): boolean {
  return existsSync(file) && !isStandIn(file);
}
