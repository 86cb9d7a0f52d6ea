import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../tools/artifact.ts";

/**
 * npm packages that are a Node.js 22 each, by architecture: the oldest that npm has from 22.12 on, the least version
 * that the package promises (tools/package/manifest.ts). What npm downloads must have the checksum, in npm's notation.
 */
const pinned: Partial<Record<NodeJS.Architecture, { version: string; integrity: string }>> = {
  x64: {
    version: "22.12.0",
    integrity: "sha512-4khrFzyJU/IdeFo3m5vByubF9TkuPHJzJbKyOWtJp6tXofuNEV+t+d4w6+i9tSYJIjlaZIv8Xbm8hlL5UXIBaQ==",
  },
  arm64: {
    version: "22.13.1",
    integrity: "sha512-HmhDj+W9hpVsDffCv0W1hglW7oS0L9UN+mDbzrbew9UJVtFQTErR0PeyQ/JwJmexXDbiLJv5FFzTb3Qa6rwqtg==",
  },
};

const wanted = pinned[process.arch];

/** Folder with `node`: a Node.js 22 for Linux, to run consumers of the package with. */
export const node22: Artifact = {
  name: "node22",
  inputs: { ...wanted },
  expectedSeconds: 20,
  async build({ dir, run }) {
    if (!wanted) throw new Error(`npm has no Node.js 22 for ${process.arch}`);
    const name = `node-linux-${process.arch}`;
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", dir, `${name}@${wanted.version}`]);
    const archive = join(dir, `${name}-${wanted.version}.tgz`);
    const integrity = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (integrity !== wanted.integrity) throw new Error(`${name} ${wanted.version} has the checksum ${integrity}`);
    await run("tar", ["-xzf", archive, "--no-same-owner", "--strip-components=2", "-C", dir, "package/bin/node"]);
    rmSync(archive);
  },
};

/** Variable with the path of the `node` of {@link node22}, for the engine tests. */
export const node22Variable = "MESH_FEDERATION_TEST_NODE22";

/** {@link node22Variable}. @param folders of artifacts by name, {@link node22} among them */
export function node22Environment(folders: ReadonlyMap<string, string>): Record<string, string> {
  return { [node22Variable]: join(folders.get(node22.name)!, "node") };
}
