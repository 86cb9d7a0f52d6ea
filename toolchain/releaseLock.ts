import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "./releases.ts";

/** The committed record of what was downloaded: SHA-256 by the publisher's URL. */
export const lockFile = join(import.meta.dirname, "releases.lock.json");

interface Lock {
  comment: string;
  entries: Record<string, { sha256: string }>;
}

/** The recorded SHA-256 of a release; undefined when it was never downloaded. */
export function lockedSum(release: Release, path: string): string | undefined {
  return read(path).entries[release.origin]?.sha256;
}

/** Records the SHA-256 of a release that the lock file does not know. */
export function recordSum(release: Release, sha256: string, path: string): void {
  const lock = read(path);
  lock.entries[release.origin] = { sha256 };
  const entries = Object.fromEntries(Object.entries(lock.entries).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...lock, entries }, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}

function read(path: string): Lock {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Lock;
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as Error).message}); restore it with git, nothing is downloaded unchecked`);
  }
}
