import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";
import { cacheRoot, type Artifact } from "./artifact.ts";
import { download, sumOf } from "./download.ts";
import { lockedSum, recordSum, type Locks } from "./releaseLock.ts";
import type { Release } from "./releases.ts";

/** Holds the SHA-256, by URL, of the files that the folder was made from. */
const madeFrom = ".made-from.json";

/** What {@link releaseArtifact} needs. */
export interface ReleaseArtifactOptions {
  name: string;
  releases: Release[];
  expectedSeconds: number;
  /** Puts what is wanted of the downloaded files, which come in the order of `releases`, into `dir`. */
  place(dir: string, files: string[]): Promise<void>;
}

/** A folder made from official files, each checked against its publisher's checksums and the lock. */
export function releaseArtifact({ name, releases, expectedSeconds, place }: ReleaseArtifactOptions): Artifact {
  return {
    name,
    inputs: { releases: JSON.stringify(releases.map((release) => release.origin)), madeFrom },
    expectedSeconds,
    async build({ dir, log, note }) {
      // Kept until all are there, so that a failure of one does not download the others again.
      const files: string[] = [];
      for (const release of releases)
        files.push(await download(release, join(cacheRoot(), "downloads"), { note, update: log }));
      await place(dir, files);
      const sums: Record<string, string> = {};
      for (const [i, release] of releases.entries()) sums[release.origin] = await sumOf(files[i]!, "sha256");
      writeFileSync(join(dir, madeFrom), JSON.stringify(sums));
      for (const file of files) rmSync(dirname(file), { recursive: true, force: true });
    },
  };
}

/**
 * Compares what a cached folder was made from with the lock of this clone, which may be another's or newer than it is.
 * What the lock does not know is recorded, as for a download. Throws when they differ.
 */
export function checkMadeFrom(folder: string, releases: Release[], locks: Locks): void {
  const sums = JSON.parse(readFileSync(join(folder, madeFrom), "utf8")) as Record<string, string>;
  for (const release of releases) {
    const [sum, locked] = [sums[release.origin]!, lockedSum(release, locks)];
    if (!locked) recordSum(release, sum, locks);
    else if (locked !== sum)
      throw new UserError("cached-tool-changed", {
        subject: release.name,
        problem:
          `the one in ${folder} was made from a file with the SHA-256 ${sum}, but ${locked} is ` +
          `recorded for ${release.origin} in ${locks.committed} or ${locks.own}`,
        remedy: "Delete the folder and run again: the file is downloaded and checked again",
      });
  }
}
