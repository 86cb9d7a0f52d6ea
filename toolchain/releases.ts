import { pinned } from "./versions.ts";

/** A file that a publisher offers, with the publisher's own list of checksums. */
export interface Release {
  /** What it is, for messages. */
  name: string;
  url: string;
  /** List of lines `<sha256>  <file>`, or a single sum. */
  checksumsUrl: string;
  /** The file's name in that list. */
  file: string;
}

/** Operating system and architecture as the publishers spell them. Throws for a machine that they do not build for. */
export function platform(): { os: "linux" | "darwin"; arch: "amd64" | "arm64" } {
  const arch = ({ x64: "amd64", arm64: "arm64" } as const)[process.arch as "x64" | "arm64"];
  if ((process.platform !== "linux" && process.platform !== "darwin") || !arch)
    throw new Error(`${process.platform}/${process.arch} is not supported; use Linux or macOS on amd64 or arm64`);
  return { os: process.platform, arch };
}

/** Pulumi's CLI and language hosts. https://github.com/pulumi/pulumi/releases */
export function pulumiRelease(base = "https://github.com"): Release {
  const { os, arch } = platform();
  const version = pinned.pulumi;
  const file = `pulumi-v${version}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`;
  const folder = `${base}/pulumi/pulumi/releases/download/v${version}`;
  return { name: `pulumi ${version}`, url: `${folder}/${file}`, checksumsUrl: `${folder}/pulumi-${version}-checksums.txt`, file };
}

/** An official resource plugin. https://github.com/pulumi/pulumi-kubernetes/releases and its siblings */
export function pluginRelease(name: string, version: string, base = "https://github.com"): Release {
  const { os, arch } = platform();
  const file = `pulumi-resource-${name}-v${version}-${os}-${arch}.tar.gz`;
  const folder = `${base}/pulumi/pulumi-${name}/releases/download/v${version}`;
  return { name: `plugin ${name} ${version}`, url: `${folder}/${file}`, checksumsUrl: `${folder}/pulumi-${name}_${version}_checksums.txt`, file };
}

/** KinD: one program, no archive. https://github.com/kubernetes-sigs/kind/releases */
export function kindRelease(base = "https://github.com"): Release {
  const { os, arch } = platform();
  const file = `kind-${os}-${arch}`;
  const url = `${base}/kubernetes-sigs/kind/releases/download/v${pinned.kind}/${file}`;
  return { name: `kind ${pinned.kind}`, url, checksumsUrl: `${url}.sha256sum`, file };
}
