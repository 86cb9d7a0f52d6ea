import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { releaseSources } from "../../../../federation/config/versions.ts";
import {
  actionlintRelease,
  actRelease,
  controllerManagerRelease,
  envtestRelease,
  istioRelease,
  kindRelease,
  pluginRelease,
  pulumiRelease,
  type Release,
} from "../../../../tools/releases.ts";
import { pinned } from "../../../../tools/versions.ts";
import { checksumList, type Files } from "./releaseServer.ts";

/** A shell program that says its name and its arguments. */
const program = (name: string, more = ""): string => `#!/bin/sh\necho "${name} $*"\n${more}`;

/** Tells its arguments, which kind it would find, and the plugins in its home, which it runs. */
const tellingPulumi = program(
  "pulumi",
  'echo "kind is $(command -v kind)"\nfor plugin in "$PULUMI_HOME"/plugins/*/pulumi-resource-*; do "$plugin"; done\n',
);

/**
 * The files of every release that the project downloads for this machine, holding tiny programs, with their lists.
 * @param pulumiProgram text of the program `pulumi`
 */
export function officialReleases(pulumiProgram = tellingPulumi): Files {
  const files: Files = {};
  const add = (release: Release, content: Buffer, list: Buffer): void => {
    files[new URL(release.origin).pathname] = content;
    files[new URL(release.checksumsUrl).pathname] = list;
  };
  const pulumi = pulumiRelease();
  const others = ["pulumi-language-python", "pulumi-watch"].map((name) => [`pulumi/${name}`, program(name)]);
  const sdk = archive({
    "pulumi/pulumi": pulumiProgram,
    "pulumi/pulumi-language-nodejs": program("pulumi-language-nodejs"),
    ...Object.fromEntries(others),
  });
  add(pulumi, sdk, checksumList({ "pulumi-v0-windows-x64.zip": Buffer.from("other"), [pulumi.file]: sdk }));
  const kind = kindRelease();
  const kindProgram = Buffer.from(program("kind"));
  add(kind, kindProgram, checksumList({ [kind.file]: kindProgram }));
  for (const [name, version] of Object.entries(pinned.plugins)) {
    const release = pluginRelease(name, version);
    const content = archive({
      [`pulumi-resource-${name}`]: program(`official ${name} ${version}`),
      LICENSE: "text",
      "README.md": "text",
    });
    // The bridged provider's list is made by plain `shasum` over ./*, the others' by goreleaser.
    add(
      release,
      content,
      name === "tls"
        ? checksumList({ [release.file]: content }, "sha1", "./")
        : checksumList({ [release.file]: content }),
    );
  }
  return files;
}

/** Text of a lock file with the SHA-256 of those of the project's releases that a mirror has. */
export function lockOf(files: Files): string {
  const plugins = Object.entries(pinned.plugins).map(([name, version]) => pluginRelease(name, version));
  const tests = [envtestRelease(), controllerManagerRelease(), istioRelease(), actionlintRelease(), actRelease()];
  const entries = [pulumiRelease(), kindRelease(), ...plugins, ...tests].flatMap(({ origin }) => {
    const content = files[mirrorPath(origin)];
    return content ? [[origin, { sha256: createHash("sha256").update(content).digest("hex") }]] : [];
  });
  return JSON.stringify({ entries: Object.fromEntries(entries) });
}

/** The path that a mirror has a publisher's file at: those of other hosts than GitHub are below their names. */
export function mirrorPath(origin: string): string {
  const { host, pathname } = new URL(origin);
  return host === "github.com" ? pathname : `/${host}${pathname}`;
}

/** A .tar.gz of files by path; programs are executable. */
export function archive(files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      if (text.startsWith("#!")) chmodSync(join(folder, path), 0o755);
    }
    execFileSync("tar", ["-czf", "made.tar.gz", ...new Set(Object.keys(files).map((path) => path.split("/")[0]!))], {
      cwd: folder,
    });
    return readFileSync(join(folder, "made.tar.gz"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The files that engine tests download besides, as a mirror has them: of programs that say their names. */
export function testReleases(): Files {
  const [envtest, manager, istio, actionlint, act] = [
    envtestRelease(),
    controllerManagerRelease(),
    istioRelease(),
    actionlintRelease(),
    actRelease(),
  ];
  const [linter, runner] = [
    archive({ actionlint: program("actionlint"), "README.md": "text" }),
    archive({ act: program("act"), LICENSE: "text" }),
  ];
  const programs = archive({
    "controller-tools/envtest/etcd": program("etcd"),
    "controller-tools/envtest/kube-apiserver": program("kube-apiserver"),
    "controller-tools/envtest/kubectl": program("kubectl"),
  });
  const controllers = Buffer.from(program("kube-controller-manager"));
  const charts = archive({
    [`istio-${releaseSources.istio.version}/manifests/charts/base/files/crd-all.gen.yaml`]:
      "kind: CustomResourceDefinition\n",
  });
  return {
    [mirrorPath(envtest.origin)]: programs,
    [mirrorPath(manager.origin)]: controllers,
    [mirrorPath(actionlint.origin)]: linter,
    [mirrorPath(act.origin)]: runner,
    [mirrorPath(istio.origin)]: charts,
  };
}
