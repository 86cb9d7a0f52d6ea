import { ensureArtifacts } from "./artifact.ts";
import { loadOffline } from "./offline.ts";
import { installOfficialPlugins } from "./plugins.ts";
import type { Progress } from "./progress.ts";
import { lockFiles } from "./releaseLock.ts";
import { checkTools, releaseTools } from "./releaseTools.ts";
import type { Source } from "./source.ts";

/** The tools that the project runs, ready for use. */
export interface Toolchain {
  source: Source;
  /** Folder with `pulumi`, its Node language host and `kind`. */
  bin: string;
  /** The Helm program that the stand-in kubernetes plugin runs; the official plugin has Helm built in. */
  helm?: string;
}

/** Builds or downloads the missing tools. Returns where they are. */
export async function ensureToolchain(source: Source, progress: Progress): Promise<Toolchain> {
  if (source === "registry") return { source, ...(await (await loadOffline()).ensureTools(progress)) };
  const bin = (await ensureArtifacts([releaseTools()], progress)).get("release-bin")!;
  checkTools(bin, lockFiles);
  return { source, bin };
}

/**
 * Installs the resource plugins into a Pulumi home: the official ones from releases, stand-ins of the workspace
 * `offline` where only package registries are reached.
 * @param announce whether to note that the plugins are stand-ins
 */
export async function installPlugins(
  toolchain: Toolchain,
  pulumiHome: string,
  progress: Progress,
  announce = true,
): Promise<void> {
  if (toolchain.source === "release") return installOfficialPlugins(pulumiHome, progress);
  const plugins = (await loadOffline()).installStandIns(toolchain.helm!, pulumiHome);
  if (announce) progress.note(`plugins: stand-ins of this project for the official ${plugins.join(", ")}`);
}
