import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot, type Artefact } from "./artefact.ts";
import { download, extract } from "./download.ts";
import { kindRelease, pulumiRelease } from "./releases.ts";

/** One folder with the official Pulumi, its language hosts and kind. */
export function releaseTools(): Artefact {
  const [pulumi, kind] = [pulumiRelease(), kindRelease()];
  return {
    name: "release-bin",
    inputs: { pulumi: pulumi.origin, kind: kind.origin },
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
      for (const used of [unpacked, dirname(archive), dirname(program)]) rmSync(used, { recursive: true, force: true });
    },
  };
}
