import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Takes away what keeps Pulumi from reading a file of its local backend after a run was killed: an empty file of
 * attributes. The backend keeps one beside each file (`east.json.attrs`), empties it before it fills it again, and
 * replaces the file itself only after that; killed in between, each later run ends with `failed to load checkpoint:
 * EOF`, though the file is as whole as it was. Without attributes it is read as usual, and who is writing some just now
 * loses nothing by it: https://github.com/google/go-cloud/blob/master/blob/fileblob/attrs.go
 * @param folder of the backend
 * @returns paths of the files that can be read again
 */
export function repairBackend(folder: string): string[] {
  const empty = entriesIn(folder)
    .filter((path) => path.endsWith(attributesEnding) && statSync(path, { throwIfNoEntry: false })?.size === 0)
    .sort();
  for (const path of empty) rmSync(path, { force: true });
  return empty.map((path) => path.slice(0, -attributesEnding.length));
}

const attributesEnding = ".attrs";

function entriesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  } catch (error) {
    // A run beside this one moves its files while they are listed; the next look finds them.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
