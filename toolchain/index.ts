import { copyFileSync, chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureArtefacts, type Artefact } from "./artefact.ts";
import { goArtefact } from "./goArtefact.ts";
import { installOfficialPlugins, installStandIns } from "./plugins.ts";
import type { Progress } from "./progress.ts";
import { lockFiles } from "./releaseLock.ts";
import { checkTools, releaseTools } from "./releaseTools.ts";
import type { Source } from "./source.ts";
import { pinned } from "./versions.ts";

/** The tools that the project runs, ready for use. */
export interface Toolchain {
  source: Source;
  /** Folder with `pulumi`, its Node language host and `kind`. */
  bin: string;
  /** The Helm program that the stand-in kubernetes plugin runs; the official plugin has Helm built in. */
  helm?: string;
}

const goFolder = join(import.meta.dirname, "go");

const pulumi = goArtefact({
  name: "pulumi",
  module: join(goFolder, "pulumi"),
  programs: [{ package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" }],
  stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pinned.pulumi}` },
  expectedSeconds: 240,
});
const languageHost = goArtefact({
  name: "pulumi-language-nodejs",
  module: join(goFolder, "language-nodejs"),
  programs: [{ package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" }],
  expectedSeconds: 60,
});
const kind = goArtefact({ name: "kind", module: join(goFolder, "kind"), programs: [{ package: "sigs.k8s.io/kind" }], expectedSeconds: 30 });
const helm = goArtefact({ name: "helm", module: join(goFolder, "helm"), programs: [{ package: "helm.sh/helm/v3/cmd/helm" }], expectedSeconds: 60 });

/** This language host is too old to read `typescript: false` from Pulumi.yaml; the official one takes it from there. */
const hostWrapper = '#!/bin/sh\nexec "$(dirname "$0")/pulumi-language-nodejs-host" -typescript=false "$@"\n';

/** One folder with everything: the engine warns about a language host that is not beside it. */
const registryBin: Artefact = {
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

/** The artefacts of registry mode, for whoever wants to build them together with others. */
export const registryTools: Artefact[] = [registryBin, helm];

/** Builds or downloads the tools that are missing, and says where they are. */
export async function ensureToolchain(source: Source, progress: Progress): Promise<Toolchain> {
  if (source === "release") {
    const bin = (await ensureArtefacts([releaseTools()], progress)).get("release-bin")!;
    checkTools(bin, lockFiles);
    return { source, bin };
  }
  const dirs = await ensureArtefacts(registryTools, progress);
  return { source, bin: dirs.get("bin")!, helm: join(dirs.get("helm")!, "helm") };
}

/**
 * Puts the resource plugins into a Pulumi home.
 *
 * From releases: the official ones. From registries, which do not have them: stand-ins of this project, which run from
 * its sources, announced in one line.
 * @param announce whether to say that the plugins are stand-ins
 */
export async function installPlugins(toolchain: Toolchain, pulumiHome: string, projectRoot: string, progress: Progress, announce = true): Promise<void> {
  if (toolchain.source === "release") return installOfficialPlugins(pulumiHome, progress);
  const plugins = installStandIns(toolchain.helm!, pulumiHome, projectRoot);
  if (announce) progress.note(`plugins: stand-ins of this project for the official ${plugins.join(", ")}`);
}
