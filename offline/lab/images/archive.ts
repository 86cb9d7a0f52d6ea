import { createHash } from "node:crypto";
import { createReadStream, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * Image archives without an image builder: an archive in `docker save` format is layers (tar files), a JSON
 * configuration per image and a `manifest.json` that ties them together. `docker load` and `ctr images import`
 * both read it. Format: https://github.com/moby/moby/blob/v20.10.24/image/spec/v1.2.md
 */

/** One layer: an uncompressed tar file and its content's SHA-256 (the "diff ID"), as 64 hex digits. */
export interface Layer {
  file: string;
  digest: string;
}

/** How containers of an image start. The engine has defaults for absent fields. */
export interface ContainerConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  /** `NAME=value` entries. Default: `PATH` only. */
  Env?: string[];
  /** Numeric user, if a cluster requires one that is not root. */
  User?: string;
  StopSignal?: string;
}

/** An image to write: one or more names (`repository:tag`), its layers from the bottom up. */
export interface Image {
  names: string[];
  layers: Layer[];
  config: ContainerConfig;
}

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The configuration JSON of an image. It carries no time, so equal content gives an equal image ID. */
export function imageConfig(image: Image): string {
  return JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: { Env: [PATH], ...image.config },
    rootfs: { type: "layers", diff_ids: image.layers.map((layer) => `sha256:${layer.digest}`) },
    history: image.layers.map(() => ({ created: "1970-01-01T00:00:00Z" })),
  });
}

/** What `manifest.json` says about `images`, whose configurations are stored as `<their SHA-256>.json`. */
export function archiveManifest(images: Image[]): { Config: string; RepoTags: string[]; Layers: string[] }[] {
  return images.map((image) => ({
    Config: `${sha256(imageConfig(image))}.json`,
    RepoTags: image.names,
    Layers: image.layers.map((layer) => `${layer.digest}.tar`),
  }));
}

/**
 * Writes the archive of `images` as a folder; `tar -C <dir> -c .` of it is what an engine loads. Layer files are
 * hard-linked, so they must be on the same file system as `dir`. Layers that images share are stored once.
 */
export function writeArchive(dir: string, images: Image[]): void {
  mkdirSync(dir, { recursive: true });
  const layers = new Map(images.flatMap((image) => image.layers).map((layer) => [layer.digest, layer.file]));
  for (const [digest, file] of layers) linkSync(file, join(dir, `${digest}.tar`));
  for (const image of images) {
    const config = imageConfig(image);
    writeFileSync(join(dir, `${sha256(config)}.json`), config);
  }
  writeFileSync(join(dir, "manifest.json"), JSON.stringify(archiveManifest(images)));
}

/** Digest of a layer's tar file. */
export async function layerOf(file: string): Promise<Layer> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return { file, digest: hash.digest("hex") };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
