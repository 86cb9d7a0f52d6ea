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
import { archive, lockOf, mirrorPath, testReleases } from "./support/officialReleases.ts";
import { ReleaseServer } from "./support/releaseServer.ts";

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
    writeFileSync(lockFiles.committed, lockOf(server.files));
  });
  afterEach(async () => {
    for (const name of [mirrorVariable, "MESH_FEDERATION_CACHE"]) delete process.env[name];
    Object.assign(lockFiles, before);
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  test("the API server's programs and Istio's definitions are downloaded and checked once", async () => {
    const { bin, charts } = await ensureTestReleases(silent);
    for (const name of ["etcd", "kube-apiserver", "kube-controller-manager", "actionlint", "act"])
      expect(execFileSync(join(bin, name), ["--x"], { encoding: "utf8" })).toBe(`${name} --x\n`);
    expect(readFileSync(join(charts, "base", "files", "crd-all.gen.yaml"), "utf8")).toContain(
      "CustomResourceDefinition",
    );
    expect([...server.asked].sort()).toEqual(
      [actionlintRelease(), actRelease(), controllerManagerRelease(), envtestRelease(), istioRelease()]
        .map(({ origin }) => mirrorPath(origin))
        .sort(),
    );
    server.asked.length = 0;
    expect(await ensureTestReleases(silent)).toEqual({ bin, charts });
    expect(server.asked).toEqual([]);
    expect(bin).toContain(cacheRoot());
  });

  test.each([
    { name: "the API server's archive", release: envtestRelease },
    { name: "the controller manager", release: controllerManagerRelease },
    { name: "the runner of workflows", release: actRelease },
    { name: "Istio's archive", release: istioRelease },
  ])("$name with another content than the recorded one is refused", async ({ release }) => {
    server.manners[mirrorPath(release().origin)] = "tampered";
    await expect(ensureTestReleases(silent)).rejects.toMatchObject({
      code: "release-changed",
      subject: release().name,
    });
  });

  test("an archive with another layout is refused, naming what it lacks", async () => {
    const other = archive({ "kubebuilder/bin/etcd": "#!/bin/sh\n" });
    server.files[mirrorPath(envtestRelease().origin)] = other;
    writeFileSync(lockFiles.committed, lockOf(server.files));
    await expect(ensureTestReleases(silent)).rejects.toThrow("does not contain controller-tools/envtest/etcd");
  });
});
