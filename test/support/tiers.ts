import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { charts } from "../../lab/artefacts/charts.ts";
import { nodeImage } from "../../lab/artefacts/nodeImage.ts";
import { apiServerBinaries } from "../../lab/index.ts";
import { ensurePrerequisites } from "../../lab/prerequisites.ts";
import { ensureArtefacts, isCached } from "../../toolchain/artefact.ts";
import { requireGo } from "../../toolchain/goArtefact.ts";
import { ensureToolchain, registryTools } from "../../toolchain/index.ts";
import { consoleProgress } from "../../toolchain/progress.ts";
import { chooseSource, sourceVariable } from "../../toolchain/source.ts";
import { pinned } from "../../toolchain/versions.ts";
import { pluginCommand, type PluginName } from "./plugins/pluginProcess.ts";

/** Kinds of tests, from the quickest to the most real. */
export type Tier = "unit" | "engine" | "e2e";

/** What tests need of the machine; each check throws with what is missing. */
export interface MachineChecks {
  platform: string;
  /** Builds of what is not in the tool cache. */
  builds(tier: "engine" | "e2e"): void;
  /** A lab of their own. */
  lab(): Promise<void>;
}

const thisMachine: MachineChecks = {
  platform: process.platform,
  builds(tier) {
    const built = tier === "engine" ? [...apiServerBinaries.map((b) => b.artefact), charts] : [nodeImage, charts];
    if (![...registryTools, ...built].every(isCached)) requireGo();
  },
  lab: () => ensurePrerequisites(consoleProgress(process.stdout)),
};

/**
 * Finds out, before any test starts, whether the machine can run the tiers. The tiers `engine` and `e2e` run on builds
 * from package registries and, the latter, in a lab of their own, whatever the machine could download.
 * @throws naming the first tier that cannot run, and what is missing
 */
export async function checkTiers(tiers: Tier[], machine: MachineChecks = thisMachine): Promise<void> {
  for (const tier of tiers.filter((t) => t !== "unit"))
    try {
      if (machine.platform !== "linux") throw new Error(`it needs Linux, and this is ${machine.platform}`);
      machine.builds(tier);
      if (tier === "e2e") await machine.lab();
    } catch (error) {
      throw new Error(`the tests of tier ${tier} cannot run on this machine, so none was started: ${(error as Error).message}\n\`npm run test:unit\` needs nothing of the machine${tier === "e2e" ? "; `npm run test:engine` needs Linux and, with nothing cached, Go" : ""}`);
    }
}

/**
 * Makes ready what a tier needs and returns the environment for its tests.
 *
 * - `unit`: nothing.
 * - `engine`: Pulumi with its language host (MESH_FEDERATION_TEST_PULUMI), the stand-ins' Helm (MESH_FEDERATION_HELM),
 *   the programs of a bare API server (MESH_FEDERATION_TEST_BIN), and Istio's charts for their CRDs
 *   (MESH_FEDERATION_TEST_CHARTS).
 * - `e2e`: the tests run the product's own commands, which make ready what they need. They kill engines and count
 *   containers, so they use a lab, never the machine's own docker with its user's clusters.
 */
export async function prepareTier(tier: Tier): Promise<Record<string, string>> {
  if (tier === "unit") return {};
  if (tier === "e2e") return (await chooseSource()).source === "registry" ? {} : { [sourceVariable]: "registry" };
  for (const [name, version] of Object.entries(pinned.plugins)) {
    const [program] = pluginCommand(name as PluginName);
    if (!existsSync(program!)) throw new Error(`there is no ${program}; MESH_FEDERATION_TEST_PLUGIN_HOME must be a Pulumi home with the plugin ${name} ${version}: \`pulumi plugin install resource ${name} ${version}\` puts it into $PULUMI_HOME`);
  }
  const progress = consoleProgress(process.stdout);
  // The stand-ins are what this tier tests, whatever the machine could download.
  const tools = await ensureToolchain("registry", progress);
  const folders = await ensureArtefacts([...apiServerBinaries.map((b) => b.artefact), charts], progress);
  const bin = join(import.meta.dirname, "..", "..", ".federation", "test", "bin");
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const { artefact, program } of apiServerBinaries) symlinkSync(join(folders.get(artefact.name)!, program), join(bin, program));
  return { MESH_FEDERATION_TEST_PULUMI: tools.bin, MESH_FEDERATION_HELM: tools.helm!, MESH_FEDERATION_TEST_BIN: bin, MESH_FEDERATION_TEST_CHARTS: folders.get(charts.name)! };
}
