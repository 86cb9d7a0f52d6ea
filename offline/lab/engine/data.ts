import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../../../tools/run.ts";
import { killWithParent } from "../killWithParent.ts";
import type { LabPaths } from "../paths.ts";

/** Whether the data of the lab's engine was created from the template in folder `template`. */
export function hasTemplate(paths: LabPaths, template: string): boolean {
  return existsSync(paths.data) && readIfThere(markFile(paths)) === basename(template);
}

/** Whether there are containers in the data of the lab's engine, running or not. */
export function hasContainers(paths: LabPaths): boolean {
  const folder = join(paths.data, "containers");
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/**
 * Creates the data of the lab's engine with the images of a template: by hard links, which need no space and are safe
 * because an engine replaces its files and never writes into them; by copies across file systems. The engine must not
 * run. A killed call leaves data without a mark file, which the next call replaces.
 */
export async function createData(paths: LabPaths, template: string): Promise<void> {
  await removeData(paths);
  const next = `${paths.data}.next`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  const folders = readdirSync(template).map((name) => join(template, name));
  const copy = (...options: string[]): Promise<string> => {
    const [command, ...args] = killWithParent("cp", ...options, ...folders, next);
    return run(command!, args);
  };
  await copy("-al").catch(() => copy("-a", "--remove-destination"));
  renameSync(next, paths.data);
  writeFileSync(markFile(paths), basename(template));
}

/** Removes the data of the lab's engine. A killed call leaves no complete data. The engine must not run. */
export async function removeData(paths: LabPaths): Promise<void> {
  const old = `${paths.data}.old`;
  rmSync(markFile(paths), { force: true });
  rmSync(old, { recursive: true, force: true });
  if (existsSync(paths.data)) renameSync(paths.data, old);
  rmSync(old, { recursive: true, force: true });
}

function markFile(paths: LabPaths): string {
  return join(paths.engine, "template");
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
