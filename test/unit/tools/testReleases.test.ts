import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheRoot } from "../../../tools/artifact.ts";
import { lockFiles } from "../../../tools/releaseLock.ts";
import {
  actionlintRelease,
  actRelease,
  controllerManagerRelease,
  envtestRelease,
  istioRelease,
  mirrorVariable,
} from "../../../tools/releases.ts";
import { ensureTestReleases } from "../../support/testReleases.ts";
import type { Progress } from "../../../tools/progress.ts";
import { archive, testReleases } from "./support/officialReleases.ts";
import { checksumList, ReleaseServer } from "./support/releaseServer.ts";

const silent = {
  note: () => undefined,
  step: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
} as unknown as Progress;
const before = { ...lockFiles };

// Kubernetes publishes its controller manager for Linux only.
const describeHere = process.platform === "linux" ? describe : describe.skip;

describeHere("what engine tests download", () => {
  let dir: string;
  let server: ReleaseServer;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "test-releases-"));
    server = await new ReleaseServer(testReleases()).start();
    process.env[mirrorVariable] = server.url;
    process.env["MESH_FEDERATION_CACHE"] = join(dir, "cache");
    Object.assign(lockFiles, { committed: join(dir, "committed.lock.json"), own: join(dir, "releases.lock.json") });
    writeFileSync(lockFiles.committed, JSON.stringify({ entries: {} }));
  });
  afterEach(async () => {
    for (const name of [mirrorVariable, "MESH_FEDERATION_CACHE"]) delete process.env[name];
    Object.assign(lockFiles, before);
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  test("the API server's programs and Istio's definitions are downloaded, checked and recorded once", async () => {
    const { bin, charts } = await ensureTestReleases(silent);
    for (const name of ["etcd", "kube-apiserver", "kube-controller-manager", "actionlint", "act"])
      expect(execFileSync(join(bin, name), ["--x"], { encoding: "utf8" })).toBe(`${name} --x\n`);
    expect(readFileSync(join(charts, "base", "files", "crd-all.gen.yaml"), "utf8")).toContain(
      "CustomResourceDefinition",
    );
    expect(Object.keys(JSON.parse(readFileSync(lockFiles.own, "utf8")).entries).sort()).toEqual(
      [actionlintRelease(), actRelease(), controllerManagerRelease(), envtestRelease(), istioRelease()]
        .map(({ origin }) => origin)
        .sort(),
    );
    server.asked.length = 0;
    expect(await ensureTestReleases(silent)).toEqual({ bin, charts });
    expect(server.asked).toEqual([]);
    expect(bin).toContain(cacheRoot());
  });

  test.each([
    {
      name: "the API server's archive",
      path: () => new URL(envtestRelease().origin).pathname,
      says: /envtest .* has the sha512 checksum .*\[checksum-mismatch\]/,
    },
    {
      name: "the controller manager",
      path: () => `/dl.k8s.io${new URL(controllerManagerRelease().origin).pathname}`,
      says: /kube-controller-manager .* has the sha256 checksum .*\[checksum-mismatch\]/,
    },
    {
      name: "the runner of workflows",
      path: () => new URL(actRelease().origin).pathname,
      says: /act .* has the sha256 checksum .*\[checksum-mismatch\]/,
    },
    {
      name: "Istio's archive",
      path: () => new URL(istioRelease().origin).pathname,
      says: /istio .* has the sha256 checksum .*\[checksum-mismatch\]/,
    },
  ])("$name with another content than its publisher's checksum is refused", async ({ path, says }) => {
    server.manners[path()] = "tampered";
    await expect(ensureTestReleases(silent)).rejects.toThrow(says);
  });

  test("an archive with another layout is refused, naming what it lacks", async () => {
    const other = archive({ "kubebuilder/bin/etcd": "#!/bin/sh\n" });
    const path = new URL(envtestRelease().origin).pathname;
    server.files[path] = other;
    server.files[`${path}.sha512`] = checksumList({ [envtestRelease().file]: other }, "sha512", "/");
    await expect(ensureTestReleases(silent)).rejects.toThrow("does not contain controller-tools/envtest/etcd");
  });
});
