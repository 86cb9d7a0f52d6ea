import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Artefact } from "./artefact.ts";
import { extract } from "./download.ts";
import { checkMadeFrom, releaseArtefact } from "./releaseArtefact.ts";
import type { Locks } from "./releaseLock.ts";
import { kindRelease, pulumiRelease } from "./releases.ts";

/** One folder with the official Pulumi, its language hosts and kind. */
export function releaseTools(): Artefact {
  const releases = [pulumiRelease(), kindRelease()];
  return releaseArtefact({
    name: "release-bin",
    releases,
    expectedSeconds: 60,
    async place(dir, [archive, program]) {
      const unpacked = join(dir, ".unpacked");
      await extract(archive!, unpacked);
      // The archive holds one folder, `pulumi`, with every program in it.
      const inner = join(unpacked, "pulumi");
      for (const name of ["pulumi", "pulumi-language-nodejs"])
        if (!existsSync(join(inner, name)))
          throw new Error(
            `${releases[0]!.url} holds no pulumi/${name}; it is not what this project expects of Pulumi's releases`,
          );
      for (const file of readdirSync(inner)) renameSync(join(inner, file), join(dir, file));
      copyFileSync(program!, join(dir, "kind"));
      chmodSync(join(dir, "kind"), 0o755);
      rmSync(unpacked, { recursive: true, force: true });
    },
  });
}

/** {@link checkMadeFrom} for the folder of {@link releaseTools}. */
export function checkTools(folder: string, locks: Locks): void {
  checkMadeFrom(folder, [pulumiRelease(), kindRelease()], locks);
}
