import { readFileSync } from "node:fs";
import { join } from "node:path";
import { releaseSources } from "../../../federation/config/versions.ts";
import { publishedSum } from "../../../tools/checksums.ts";
import {
  actionlintRelease,
  actRelease,
  controllerManagerRelease,
  envtestRelease,
  istioRelease,
  kindRelease,
  mirrorVariable,
  pluginRelease,
  pulumiRelease,
  releaseHost,
  thisMachine,
} from "../../../tools/releases.ts";
import { pinned } from "../../../tools/versions.ts";

const { pulumi, kind, envtest } = pinned;

describe("the names of releases", () => {
  test.each([
    { node: ["linux", "x64"], sdk: "linux-x64", plugin: "linux-amd64" },
    { node: ["linux", "arm64"], sdk: "linux-arm64", plugin: "linux-arm64" },
    { node: ["darwin", "x64"], sdk: "darwin-x64", plugin: "darwin-amd64" },
    { node: ["darwin", "arm64"], sdk: "darwin-arm64", plugin: "darwin-arm64" },
  ])("on $node are each publisher's own", ({ node, sdk, plugin }) => {
    const machine = thisMachine(node[0], node[1]);
    expect(pulumiRelease(machine).url).toBe(
      `https://github.com/pulumi/pulumi/releases/download/v${pulumi}/pulumi-v${pulumi}-${sdk}.tar.gz`,
    );
    expect(pluginRelease("tls", "5.0.1", machine).url).toBe(
      `https://github.com/pulumi/pulumi-tls/releases/download/v5.0.1/pulumi-resource-tls-v5.0.1-${plugin}.tar.gz`,
    );
    expect(kindRelease(machine).url).toBe(
      `https://github.com/kubernetes-sigs/kind/releases/download/v${kind}/kind-${plugin}`,
    );
  });

  test("in checksum lists are each publisher's own", () => {
    expect(pulumiRelease().checksumsUrl).toMatch(new RegExp(`/v${pulumi}/pulumi-${pulumi}-checksums\\.txt$`));
    expect(pluginRelease("command", "1.2.3").checksumsUrl).toMatch(
      /\/pulumi-command\/.*\/v1\.2\.3\/pulumi-command_1\.2\.3_checksums\.txt$/,
    );
    expect(kindRelease().checksumsUrl).toBe(`${kindRelease().url}.sha256sum`);
  });

  test("for tests are the publishers' own, on GitHub or their own hosts", () => {
    const mac = thisMachine("darwin", "arm64");
    const linux = thisMachine("linux", "x64");
    expect(envtestRelease(mac)).toMatchObject({
      url: `https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-v${envtest}/envtest-v${envtest}-darwin-arm64.tar.gz`,
      checksumsUrl: expect.stringMatching(/-darwin-arm64\.tar\.gz\.sha512$/),
    });
    expect(controllerManagerRelease(linux)).toMatchObject({
      url: `https://dl.k8s.io/v${envtest}/bin/linux/amd64/kube-controller-manager`,
      checksumsUrl: `https://dl.k8s.io/v${envtest}/bin/linux/amd64/kube-controller-manager.sha256`,
    });
    expect(() => controllerManagerRelease(mac)).toThrow("kube-controller-manager for Linux only");
    const { version } = releaseSources.istio;
    expect(istioRelease()).toMatchObject({
      url: `https://github.com/istio/istio/releases/download/${version}/istio-${version}-linux-amd64.tar.gz`,
      checksumsUrl: expect.stringMatching(/\.tar\.gz\.sha256$/),
    });
  });

  test.each([
    { node: ["linux", "x64"], linter: "linux_amd64", runner: "Linux_x86_64" },
    { node: ["linux", "arm64"], linter: "linux_arm64", runner: "Linux_arm64" },
    { node: ["darwin", "arm64"], linter: "darwin_arm64", runner: "Darwin_arm64" },
  ])(
    "for workflow tests on $node are the publishers' own, with the version built elsewhere",
    ({ node, linter, runner }) => {
      const machine = thisMachine(node[0], node[1]);
      expect(actionlintRelease(machine).url).toBe(
        `https://github.com/rhysd/actionlint/releases/download/v${pinned.actionlint}/actionlint_${pinned.actionlint}_${linter}.tar.gz`,
      );
      expect(actRelease(machine).url).toBe(
        `https://github.com/nektos/act/releases/download/v${pinned.act}/act_${runner}.tar.gz`,
      );
      const go = join(import.meta.dirname, "..", "..", "support", "go");
      expect(readFileSync(join(go, "actionlint", "go.mod"), "utf8")).toContain(
        `rhysd/actionlint v${pinned.actionlint}\n`,
      );
      expect(readFileSync(join(go, "act", "go.mod"), "utf8")).toContain(`nektos/act v${pinned.act}\n`);
    },
  );
});

describe("the mirror of releases", () => {
  test("has other hosts below their names, and the lock has the publisher's", () => {
    process.env[mirrorVariable] = "https://mirror.example/";
    try {
      const path = `v${envtest}/bin/linux/amd64/kube-controller-manager`;
      expect(controllerManagerRelease(thisMachine("linux", "x64"))).toMatchObject({
        url: `https://mirror.example/dl.k8s.io/${path}`,
        origin: `https://dl.k8s.io/${path}`,
        checksumsUrl: `https://dl.k8s.io/${path}.sha256`,
      });
    } finally {
      delete process.env[mirrorVariable];
    }
  });
});

describe("a release", () => {
  test.each([
    ["win32", "x64"],
    ["linux", "riscv64"],
    ["freebsd", "arm64"],
  ])("for %s on %s is rejected by name", (platform, arch) => {
    expect(() => thisMachine(platform, arch)).toThrow(`machine ${platform}/${arch}: `);
  });

  test.each([
    { given: undefined, host: "https://github.com" },
    { given: "", host: "https://github.com" },
    { given: "https://mirror.example/github/", host: "https://mirror.example/github" },
  ])("comes from $host when the variable is $given", ({ given, host }) => {
    expect(releaseHost({ [mirrorVariable]: given })).toBe(host);
  });
});

describe("the mirror variable", () => {
  test.each(["mirror.example", "http://mirror.example", "ftp://mirror.example", "https://"])(
    "rejects %s and is named by the error",
    (given) => {
      expect(() => releaseHost({ [mirrorVariable]: given })).toThrow(
        expect.objectContaining({ code: "mirror-invalid", subject: mirrorVariable }),
      );
    },
  );

  test.each(["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])(
    "accepts %s on this machine",
    (given) => {
      expect(releaseHost({ [mirrorVariable]: given })).toBe(given);
    },
  );
});

describe("a checksum list", () => {
  const release = { name: "kind", checksumsUrl: "https://x/list", file: "kind-linux-amd64" };
  const sums = { sha1: "a".repeat(40), sha256: "B".repeat(64), sha512: "c".repeat(128) };
  test.each([
    {
      what: "of sha256sum",
      text: `${"0".repeat(64)}  kind-linux-arm64\n${sums.sha256}  kind-linux-amd64\n`,
      found: { algorithm: "sha256", sum: sums.sha256.toLowerCase() },
    },
    {
      what: "in binary mode with Windows line ends",
      text: `${sums.sha256} *kind-linux-amd64\r\n`,
      found: { algorithm: "sha256", sum: sums.sha256.toLowerCase() },
    },
    {
      what: "of plain shasum over ./*",
      text: `${sums.sha1}  ./kind-linux-amd64\n`,
      found: { algorithm: "sha1", sum: sums.sha1 },
    },
    {
      what: "over a path from the root",
      text: `${sums.sha512}  /kind-linux-amd64\n`,
      found: { algorithm: "sha512", sum: sums.sha512 },
    },
    { what: "of SHA-512", text: `${sums.sha512}  kind-linux-amd64`, found: { algorithm: "sha512", sum: sums.sha512 } },
  ])("$what is understood", ({ text, found }) => {
    expect(publishedSum(text, release)).toEqual(found);
  });

  test.each([
    { what: "a name that only ends like the file", text: `${sums.sha256}  old-kind-linux-amd64\n` },
    { what: "a sum that is too short", text: `${sums.sha256.slice(1)}  kind-linux-amd64\n` },
    { what: "MD5", text: `${"d".repeat(32)}  kind-linux-amd64\n` },
    { what: "nothing", text: "" },
    { what: "a sum alone, where the list is about many files", text: sums.sha256 },
  ])("with $what has no checksum of the file", ({ text }) => {
    expect(() => publishedSum(text, release)).toThrow(
      "kind: the publisher's list at https://x/list has no checksum of kind-linux-amd64",
    );
  });

  test("of one file, by its own name, may be the sum alone", () => {
    expect(publishedSum(sums.sha256, { ...release, checksumsUrl: "https://x/kind-linux-amd64.sha256" })).toEqual({
      algorithm: "sha256",
      sum: sums.sha256.toLowerCase(),
    });
  });
});
