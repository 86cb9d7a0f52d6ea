import { chmodSync, copyFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Artefact } from "./artefact.ts";
import { download, extract } from "./download.ts";
import { consoleProgress } from "./progress.ts";
import { kindRelease, pulumiRelease, type Release } from "./releases.ts";

/** One folder with the official Pulumi, its language hosts and kind. */
export function releaseTools(pulumi: Release = pulumiRelease(), kind: Release = kindRelease()): Artefact {
  return {
    name: "release-bin",
    inputs: { pulumi: pulumi.url, kind: kind.url },
    expectedSeconds: 60,
    async build({ dir, log }) {
      const downloads = join(dir, ".downloads");
      log(pulumi.name);
      const unpacked = join(dir, ".unpacked");
      await extract(await download(pulumi, downloads, consoleProgress()), unpacked);
      // The archive holds one folder, `pulumi`, with every program in it.
      const inner = join(unpacked, "pulumi");
      for (const file of readdirSync(inner)) renameSync(join(inner, file), join(dir, file));
      log(kind.name);
      copyFileSync(await download(kind, downloads, consoleProgress()), join(dir, "kind"));
      chmodSync(join(dir, "kind"), 0o755);
      for (const scratch of [downloads, unpacked]) rmSync(scratch, { recursive: true, force: true });
    },
  };
}
