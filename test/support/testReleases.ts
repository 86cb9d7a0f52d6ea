import { chmodSync, copyFileSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { ensureArtifacts } from "../../tools/artifact.ts";
import { extract } from "../../tools/download.ts";
import type { Progress } from "../../tools/progress.ts";
import { checkMadeFrom, releaseArtifact } from "../../tools/releaseArtifact.ts";
import { lockedSum, lockFiles, type Locks } from "../../tools/releaseLock.ts";
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
} from "../../tools/releases.ts";
import { pinned } from "../../tools/versions.ts";

/** Official files that engine tests need besides Pulumi and its plugins. */
export interface TestReleases {
  /** Folder with `etcd`, `kube-apiserver`, `kube-controller-manager`, `kubectl`, `actionlint` and `act`. */
  bin: string;
  /** Folder with Istio's chart `base`. */
  charts: string;
}

/**
 * Why a CI job may not download what engine tests need: the committed lock does not name all of it. Undefined where it
 * may.
 */
export function unlockedRelease(locks: Locks = lockFiles): string | undefined {
  if (!locks.committedOnly) return undefined;
  const plugins = Object.entries(pinned.plugins).map(
    ([name, version]) =>
      () =>
        pluginRelease(name, version),
  );
  const tools = [pulumiRelease, kindRelease, ...plugins];
  const tests = [envtestRelease, controllerManagerRelease, actionlintRelease, actRelease, istioRelease];
  try {
    for (const release of [...tools, ...tests]) lockedSum(release(), locks);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Downloads missing programs of a bare API server, programs for workflows, and Istio's charts. Throws when a download
 * fails, and on macOS, for which Kubernetes publishes no controller manager.
 */
export async function ensureTestReleases(progress: Progress): Promise<TestReleases> {
  const programs = [envtestRelease(), controllerManagerRelease(), actionlintRelease(), actRelease()];
  const istio = istioRelease();
  const bin = releaseArtifact({
    name: "release-test-programs",
    releases: programs,
    expectedSeconds: 30,
    async place(dir, [envtest, manager, actionlint, act]) {
      const archives = [
        {
          release: programs[0]!,
          archive: envtest!,
          paths: ["etcd", "kube-apiserver", "kubectl"].map((name) => `controller-tools/envtest/${name}`),
        },
        { release: programs[2]!, archive: actionlint!, paths: ["actionlint"] },
        { release: programs[3]!, archive: act!, paths: ["act"] },
      ];
      for (const { release, archive, paths } of archives) {
        const unpacked = join(dir, ".unpacked");
        await extract(archive, unpacked);
        for (const path of paths) copyFileSync(inside(release, unpacked, path), join(dir, basename(path)));
        rmSync(unpacked, { recursive: true });
      }
      copyFileSync(manager!, join(dir, "kube-controller-manager"));
      for (const name of readdirSync(dir)) chmodSync(join(dir, name), 0o755);
    },
  });
  const charts = releaseArtifact({
    name: "release-charts",
    releases: [istio],
    expectedSeconds: 30,
    async place(dir, [archive]) {
      const unpacked = join(dir, ".unpacked");
      await extract(archive!, unpacked);
      cpSync(inside(istio, unpacked, `istio-${istio.name.split(" ")[1]}/manifests/charts/base`), join(dir, "base"), {
        recursive: true,
      });
      rmSync(unpacked, { recursive: true });
    },
  });
  const folders = await ensureArtifacts([bin, charts], progress);
  const found = { bin: folders.get(bin.name)!, charts: folders.get(charts.name)! };
  checkMadeFrom(found.bin, programs, lockFiles);
  checkMadeFrom(found.charts, [istio], lockFiles);
  return found;
}

function inside(release: Release, unpacked: string, path: string): string {
  if (!existsSync(join(unpacked, path)))
    throw new Error(`${release.url} does not contain ${path}, which this project expects in ${release.name}`);
  return join(unpacked, path);
}
