import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";
import type { Artifact } from "./artifact.ts";
import { extract } from "./download.ts";
import { checkMadeFrom, releaseArtifact } from "./releaseArtifact.ts";
import type { Locks } from "./releaseLock.ts";
import { kindRelease, pulumiRelease } from "./releases.ts";

/** One folder with the official Pulumi, its language hosts and kind. */
export function releaseTools(): Artifact {
  const releases = [pulumiRelease(), kindRelease()];
  return releaseArtifact({
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
          throw new UserError("release-layout-unknown", {
            subject: releases[0]!.url,
            problem: `the archive holds no pulumi/${name}`,
            remedy: "Use the version that this project pins",
          });
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
