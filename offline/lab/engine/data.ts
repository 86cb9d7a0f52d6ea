import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../../../tools/run.ts";
import { dyingWithUs } from "../dyingWithUs.ts";
import type { Place } from "../place.ts";

/** Whether the data of the lab's engine was made from the template in folder `template`. */
export function isMadeFrom(place: Place, template: string): boolean {
  return existsSync(place.data) && readIfThere(markOf(place)) === basename(template);
}

/** Whether there are containers in the data of the lab's engine, running or not. */
export function hasContainers(place: Place): boolean {
  const folder = join(place.data, "containers");
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/**
 * Makes the data of the lab's engine anew, with the images of a template: hard links, which cost no space and are safe
 * because an engine replaces its files and never writes into them. Across file systems they are copies. The engine
 * must not run. A killed call leaves data without a mark, which the next one replaces.
 */
export async function makeData(place: Place, template: string): Promise<void> {
  await dropData(place);
  const next = `${place.data}.next`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  const folders = readdirSync(template).map((name) => join(template, name));
  const copy = (...options: string[]): Promise<string> => {
    const [command, ...args] = dyingWithUs("cp", ...options, ...folders, next);
    return run(command!, args);
  };
  await copy("-al").catch(() => copy("-a", "--remove-destination"));
  renameSync(next, place.data);
  writeFileSync(markOf(place), basename(template));
}

/** Removes the data of the lab's engine; a killed call leaves nothing that looks whole. The engine must not run. */
export async function dropData(place: Place): Promise<void> {
  const old = `${place.data}.old`;
  rmSync(markOf(place), { force: true });
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place.data)) renameSync(place.data, old);
  rmSync(old, { recursive: true, force: true });
}

function markOf(place: Place): string {
  return join(place.engine, "template");
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
