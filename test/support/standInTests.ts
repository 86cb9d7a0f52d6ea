import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = "offline/test/engine";
const directory = join(import.meta.dirname, "..", "..", folder);

/**
 * Engine test files that call a stand-in plugin directly ({@link DirectPlugin}). They compare the stand-in with
 * recorded behavior of the official plugin, so they do not apply to the official plugin. Paths from the repository's
 * root.
 */
export function standInTests(): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) => readFileSync(join(directory, path), "utf8").includes("DirectPlugin.start("))
    .map((path) => `${folder}/${path}`)
    .sort();
}
