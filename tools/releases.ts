import { UserError } from "../federation/errors/userError.ts";
import { releaseSources } from "../federation/config/versions.ts";
import { isProtected } from "./http.ts";
import { pinned } from "./versions.ts";

/** A file that a publisher offers, with the publisher's own list of checksums. */
export interface Release {
  /** What it is, for messages. */
  name: string;
  /** Its address at the publisher's, by which the lock file knows it wherever it is downloaded from. */
  origin: string;
  /** Where the file is downloaded from: {@link origin}, or a mirror of it. */
  url: string;
  /** List of lines `<sum>  <file>`, always at the publisher's: a mirror's list would say what its file is. */
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
    throw new UserError("machine-unsupported", {
      subject: `machine ${platform}/${arch}`,
      problem: "the publishers have no tools for it",
      remedy: "Use Linux or macOS on amd64 (x64) or arm64",
    });
  return { os: platform, arch: architectures[arch] };
}

const publisher = "https://github.com";

/** Kubernetes keeps its files on a host of its own; a mirror has them below that host's name. */
const kubernetesHost = "https://dl.k8s.io";

/**
 * Names a mirror of https://github.com: a URL below which release files have the same paths, other hosts' below their
 * names. Files come from there, checksums never do.
 */
export const mirrorVariable = "MESH_FEDERATION_RELEASES_URL";

/**
 * Where release files are downloaded from: the publishers, or the mirror that the environment names.
 * @throws UserError `mirror-invalid`
 */
export function releaseHost(environment: NodeJS.ProcessEnv = process.env): string {
  const host = (environment[mirrorVariable] || publisher).replace(/\/+$/, "");
  if (!URL.canParse(host) || !isProtected(new URL(host)))
    throw new UserError("mirror-invalid", {
      subject: mirrorVariable,
      problem: `${JSON.stringify(host)} is not an https URL`,
      remedy: "Give a URL that starts with https://; http:// is for this machine only (localhost, 127.0.0.0/8, ::1)",
    });
  return host;
}

/** Whether the file of a release comes from another host than its publisher's. */
export function isMirrored({ url, origin }: Pick<Release, "url" | "origin">): boolean {
  return url !== origin;
}

function release(name: string, folder: string, file: string, checksums: string, host = publisher): Release {
  const from =
    host === publisher ? releaseHost() : releaseHost() === publisher ? host : `${releaseHost()}/${new URL(host).host}`;
  return {
    name,
    origin: `${host}${folder}/${file}`,
    url: `${from}${folder}/${file}`,
    checksumsUrl: `${host}${folder}/${checksums}`,
    file,
  };
}

/** Pulumi's CLI and language hosts. https://github.com/pulumi/pulumi/releases */
export function pulumiRelease({ os, arch }: Machine = thisMachine()): Release {
  const version = pinned.pulumi;
  const file = `pulumi-v${version}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`;
  return release(
    `pulumi ${version}`,
    `/pulumi/pulumi/releases/download/v${version}`,
    file,
    `pulumi-${version}-checksums.txt`,
  );
}

/** An official resource plugin. https://github.com/pulumi/pulumi-kubernetes/releases and its siblings */
export function pluginRelease(name: string, version: string, { os, arch }: Machine = thisMachine()): Release {
  const file = `pulumi-resource-${name}-v${version}-${os}-${arch}.tar.gz`;
  return release(
    `plugin ${name} ${version}`,
    `/pulumi/pulumi-${name}/releases/download/v${version}`,
    file,
    `pulumi-${name}_${version}_checksums.txt`,
  );
}

/** KinD: one program, no archive. https://github.com/kubernetes-sigs/kind/releases */
export function kindRelease({ os, arch }: Machine = thisMachine()): Release {
  const file = `kind-${os}-${arch}`;
  return release(
    `kind ${pinned.kind}`,
    `/kubernetes-sigs/kind/releases/download/v${pinned.kind}`,
    file,
    `${file}.sha256sum`,
  );
}

/**
 * `etcd` and `kube-apiserver` for tests.
 * https://github.com/kubernetes-sigs/controller-tools/blob/main/envtest-releases.yaml
 */
export function envtestRelease({ os, arch }: Machine = thisMachine()): Release {
  const version = pinned.envtest;
  const file = `envtest-v${version}-${os}-${arch}.tar.gz`;
  return release(
    `envtest ${version}`,
    `/kubernetes-sigs/controller-tools/releases/download/envtest-v${version}`,
    file,
    `${file}.sha512`,
  );
}

/** The controller manager, which no envtest archive holds. Throws for macOS, which Kubernetes publishes none for. */
export function controllerManagerRelease({ os, arch }: Machine = thisMachine()): Release {
  if (os !== "linux")
    throw new UserError("machine-unsupported", {
      subject: `machine ${os}/${arch}`,
      problem: "Kubernetes publishes kube-controller-manager for Linux only",
      remedy: "Use Linux (https://kubernetes.io/releases/download/)",
    });
  const file = "kube-controller-manager";
  return release(
    `${file} ${pinned.envtest}`,
    `/v${pinned.envtest}/bin/${os}/${arch}`,
    file,
    `${file}.sha256`,
    kubernetesHost,
  );
}

/** Istio's release, of which the charts are used, the same in each archive. https://github.com/istio/istio/releases */
export function istioRelease(): Release {
  const { version } = releaseSources.istio;
  const file = `istio-${version}-linux-amd64.tar.gz`;
  return release(`istio ${version}`, `/istio/istio/releases/download/${version}`, file, `${file}.sha256`);
}

/** What checks GitHub workflows. https://github.com/rhysd/actionlint/releases */
export function actionlintRelease({ os, arch }: Machine = thisMachine()): Release {
  const version = pinned.actionlint;
  return release(
    `actionlint ${version}`,
    `/rhysd/actionlint/releases/download/v${version}`,
    `actionlint_${version}_${os}_${arch}.tar.gz`,
    `actionlint_${version}_checksums.txt`,
  );
}

/** What runs GitHub workflows. https://github.com/nektos/act/releases */
export function actRelease({ os, arch }: Machine = thisMachine()): Release {
  const file = `act_${os === "linux" ? "Linux" : "Darwin"}_${arch === "amd64" ? "x86_64" : arch}.tar.gz`;
  return release(`act ${pinned.act}`, `/nektos/act/releases/download/v${pinned.act}`, file, "checksums.txt");
}
