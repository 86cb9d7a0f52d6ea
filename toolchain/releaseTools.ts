import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot, type Artefact } from "./artefact.ts";
import { download, extract, sumOf } from "./download.ts";
import { lockedSum, recordSum, type Locks } from "./releaseLock.ts";
import { kindRelease, pulumiRelease } from "./releases.ts";

/** Holds the SHA-256, by URL, of the files that the folder was made from. */
const madeFrom = ".made-from.json";

/** One folder with the official Pulumi, its language hosts and kind. */
export function releaseTools(): Artefact {
  const [pulumi, kind] = [pulumiRelease(), kindRelease()];
  return {
    name: "release-bin",
    inputs: { pulumi: pulumi.origin, kind: kind.origin, madeFrom },
    expectedSeconds: 60,
    async build({ dir, log, note }) {
      // Kept until both are there, so that a failure of one does not download the other again.
      const downloads = join(cacheRoot(), "downloads");
      const listener = { note, update: log };
      const archive = await download(pulumi, downloads, listener);
      const program = await download(kind, downloads, listener);
      const unpacked = join(dir, ".unpacked");
      await extract(archive, unpacked);
      // The archive holds one folder, `pulumi`, with every program in it.
      const inner = join(unpacked, "pulumi");
      for (const name of ["pulumi", "pulumi-language-nodejs"])
        if (!existsSync(join(inner, name))) throw new Error(`${pulumi.url} holds no pulumi/${name}; it is not what this project expects of Pulumi's releases`);
      for (const file of readdirSync(inner)) renameSync(join(inner, file), join(dir, file));
      copyFileSync(program, join(dir, "kind"));
      chmodSync(join(dir, "kind"), 0o755);
      const sums = { [pulumi.origin]: await sumOf(archive, "sha256"), [kind.origin]: await sumOf(program, "sha256") };
      writeFileSync(join(dir, madeFrom), JSON.stringify(sums));
      for (const used of [unpacked, dirname(archive), dirname(program)]) rmSync(used, { recursive: true, force: true });
    },
  };
}

/**
 * Compares what cached tools were made from with the lock of this clone, which may be another's or newer than they are.
 * What the lock does not know is recorded, as for a download. Throws when they differ.
 */
export function checkTools(folder: string, locks: Locks): void {
  const sums = JSON.parse(readFileSync(join(folder, madeFrom), "utf8")) as Record<string, string>;
  for (const release of [pulumiRelease(), kindRelease()]) {
    const [sum, locked] = [sums[release.origin]!, lockedSum(release, locks)];
    if (!locked) recordSum(release, sum, locks);
    else if (locked !== sum)
      throw new Error(`${release.name}: the one in ${folder} was made from a file with the SHA-256 ${sum}, but ${locked} is recorded for ${release.origin} in ${locks.committed} or ${locks.own}. It is not used: delete that folder and run again, so that it is downloaded and checked anew`);
  }
}
