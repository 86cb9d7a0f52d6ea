import { chmodSync, copyFileSync, cpSync, linkSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BuildContext } from "../../../tools/artifact.ts";
import { layerOf, type Layer } from "./archive.ts";

/** A file or a folder of the host, and its absolute path in the image. `mode` is for files only. */
export interface Content {
  from: string;
  to: string;
  mode?: number;
}

/**
 * Creates a layer of `contents`. All files are owned by root with time zero, so the same content gives the same
 * layer. `work` is a folder on the file system of the cache.
 *
 * @throws when a source is missing or `tar` fails
 */
export async function makeLayer(ctx: BuildContext, work: string, name: string, contents: Content[]): Promise<Layer> {
  const root = join(work, `${name}.root`);
  for (const { from, to, mode } of contents) {
    const target = join(root, to);
    mkdirSync(dirname(target), { recursive: true });
    if (statSync(from).isDirectory()) cpSync(from, target, { recursive: true });
    else if (mode === undefined) linkOrCopy(from, target);
    else {
      copyFileSync(from, target);
      chmodSync(target, mode);
    }
  }
  const layer = await tarLayer(ctx, root, join(work, `${name}.tar`), ["--owner=0", "--group=0", "--mtime=@0"]);
  rmSync(root, { recursive: true });
  return layer;
}

/** Creates a layer of a root file system, with its owners. */
export async function tarLayer(ctx: BuildContext, root: string, file: string, extra: string[] = []): Promise<Layer> {
  await ctx.run("tar", ["-C", root, "--sort=name", "--numeric-owner", ...extra, "-cf", file, "."]);
  return layerOf(file);
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // another file system, or a limit on links
  }
}
