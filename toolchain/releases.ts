import { pinned } from "./versions.ts";

/** A file that a publisher offers, with the publisher's own list of checksums. */
export interface Release {
  /** What it is, for messages. */
  name: string;
  /** Its address at the publisher's, by which the lock file knows it wherever it is downloaded from. */
  origin: string;
  url: string;
  /** List of lines `<sum>  <file>`. */
  checksumsUrl: string;
  /** The file's name in that list. */
  file: string;
}

/** Operating system and architecture as Go spells them. */
export interface Machine {
  os: "linux" | "darwin";
  arch: "amd64" | "arm64";
}

/** This machine. Throws for one that the publishers do not build for. */
export function thisMachine(platform: string = process.platform, arch: string = process.arch): Machine {
  const architectures: Record<string, Machine["arch"]> = { x64: "amd64", arm64: "arm64" };
  if ((platform !== "linux" && platform !== "darwin") || !architectures[arch])
    throw new Error(`${platform}/${arch} is not supported; use Linux or macOS on amd64 (x64) or arm64`);
  return { os: platform, arch: architectures[arch] };
}

const publisher = "https://github.com";

/** Names a mirror of https://github.com: a URL below which release files have the same paths. */
export const mirrorVariable = "MESH_FEDERATION_RELEASES_URL";

/** Where release files are downloaded from: the publishers, or the mirror that the environment names. */
export function releaseHost(environment: NodeJS.ProcessEnv = process.env): string {
  const host = (environment[mirrorVariable] || publisher).replace(/\/+$/, "");
  if (!/^https?:\/\/[^/]/.test(host)) throw new Error(`${mirrorVariable}: must be a URL that starts with https:// or http:// (given: ${JSON.stringify(host)})`);
  return host;
}

function release(name: string, folder: string, file: string, checksums: string): Release {
  const url = `${releaseHost()}${folder}/${file}`;
  return { name, origin: `${publisher}${folder}/${file}`, url, checksumsUrl: `${releaseHost()}${folder}/${checksums}`, file };
}

/** Pulumi's CLI and language hosts. https://github.com/pulumi/pulumi/releases */
export function pulumiRelease({ os, arch }: Machine = thisMachine()): Release {
  const version = pinned.pulumi;
  const file = `pulumi-v${version}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`;
  return release(`pulumi ${version}`, `/pulumi/pulumi/releases/download/v${version}`, file, `pulumi-${version}-checksums.txt`);
}

/** An official resource plugin. https://github.com/pulumi/pulumi-kubernetes/releases and its siblings */
export function pluginRelease(name: string, version: string, { os, arch }: Machine = thisMachine()): Release {
  const file = `pulumi-resource-${name}-v${version}-${os}-${arch}.tar.gz`;
  return release(`plugin ${name} ${version}`, `/pulumi/pulumi-${name}/releases/download/v${version}`, file, `pulumi-${name}_${version}_checksums.txt`);
}

/** KinD: one program, no archive. https://github.com/kubernetes-sigs/kind/releases */
export function kindRelease({ os, arch }: Machine = thisMachine()): Release {
  const file = `kind-${os}-${arch}`;
  return release(`kind ${pinned.kind}`, `/kubernetes-sigs/kind/releases/download/v${pinned.kind}`, file, `${file}.sha256sum`);
}
