import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureArtifacts, type Artifact } from "../../tools/artifact.ts";
import type { BuiltTools } from "../../tools/offline.ts";
import type { Progress } from "../../tools/progress.ts";
import { pinned } from "../../tools/versions.ts";
import { goArtifact } from "./goArtifact.ts";

const goFolder = join(import.meta.dirname, "go");

const pulumi = goArtifact({
  name: "pulumi",
  module: join(goFolder, "pulumi"),
  programs: [{ package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" }],
  stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pinned.pulumi}` },
  expectedSeconds: 240,
});
const languageHost = goArtifact({
  name: "pulumi-language-nodejs",
  module: join(goFolder, "language-nodejs"),
  programs: [{ package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" }],
  expectedSeconds: 60,
});
const kind = goArtifact({
  name: "kind",
  module: join(goFolder, "kind"),
  programs: [{ package: "sigs.k8s.io/kind" }],
  expectedSeconds: 30,
});
const helm = goArtifact({
  name: "helm",
  module: join(goFolder, "helm"),
  programs: [{ package: "helm.sh/helm/v3/cmd/helm" }],
  expectedSeconds: 60,
});

/** This language host is too old to read `typescript: false` from Pulumi.yaml. The official one reads it. */
const hostWrapper = '#!/bin/sh\nexec "$(dirname "$0")/pulumi-language-nodejs-host" -typescript=false "$@"\n';

/** One folder with all tools: the engine warns about a language host in another folder. */
const registryBin: Artifact = {
  name: "bin",
  inputs: { hostWrapper },
  needs: [pulumi, languageHost, kind],
  expectedSeconds: 2,
  async build({ dir, dirOf }) {
    copyFileSync(join(dirOf(pulumi), "pulumi"), join(dir, "pulumi"));
    copyFileSync(join(dirOf(kind), "kind"), join(dir, "kind"));
    copyFileSync(join(dirOf(languageHost), "pulumi-language-nodejs"), join(dir, "pulumi-language-nodejs-host"));
    const wrapper = join(dir, "pulumi-language-nodejs");
    writeFileSync(wrapper, hostWrapper);
    chmodSync(wrapper, 0o755);
  },
};

/** The artifacts of registry mode, for a build together with others. */
export const registryTools: Artifact[] = [registryBin, helm];

/** Builds the tools that the cache lacks. */
export async function ensureTools(progress: Progress): Promise<BuiltTools> {
  const dirs = await ensureArtifacts(registryTools, progress);
  return { bin: dirs.get("bin")!, helm: join(dirs.get("helm")!, "helm") };
}
