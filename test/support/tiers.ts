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
import { noDocker, placeVariable } from "./container.ts";
import { pluginCommand, type PluginName } from "./plugins/pluginProcess.ts";
import { act, actionlint } from "./workflowTools.ts";

/** Kinds of tests, from the quickest to the most real. */
export type Tier = "unit" | "engine" | "e2e";

/** What tests need of the machine; `builds` and `lab` throw with what is missing. */
export interface MachineChecks {
  platform: string;
  /** Builds of what is not in the tool cache. */
  builds(tier: "engine" | "e2e"): void;
  /** A lab of their own. */
  lab(): Promise<void>;
  /** A docker engine for a container; resolves to what is wrong with it. */
  container(): Promise<string | undefined>;
}

const thisMachine: MachineChecks = {
  platform: process.platform,
  builds(tier) {
    const built = tier === "engine" ? [...apiServerBinaries.map((b) => b.artefact), charts, actionlint, act] : [nodeImage, charts];
    if (![...registryTools, ...built].every(isCached)) requireGo();
  },
  lab: () => ensurePrerequisites(consoleProgress(process.stdout)),
  container: noDocker,
};

/**
 * Finds out, before any test starts, where the tiers run: on this machine, or in a container of its docker engine when
 * the machine lacks something. The tiers `engine` and `e2e` run on builds from package registries and, the latter, in a
 * lab of their own, whatever the machine could download.
 * @param forced `here` or `container`; empty to choose
 * @throws naming the first tier that can run nowhere, and what is missing
 */
export async function chooseTestPlace(tiers: Tier[], forced = process.env[placeVariable] || "", machine: MachineChecks = thisMachine): Promise<{ place: "here" | "container"; why: string }> {
  if (!["", "here", "container"].includes(forced)) throw new Error(`${placeVariable} is "${forced}"; it can be here or container`);
  const real = tiers.filter((t) => t !== "unit");
  if (real.length === 0) return { place: "here", why: "the unit tests need nothing of the machine" };
  const lacking = forced === "container" ? `${placeVariable} asks for it` : await whatIsLacking(real, machine);
  if (lacking === undefined) return { place: "here", why: "the machine has what they need" };
  const without = forced === "here" ? `${placeVariable}=here forbids a container` : await machine.container();
  if (without === undefined) return { place: "container", why: lacking };
  throw new Error(`the tests cannot run on this machine, so none was started: ${lacking}\nNor can they run in a container: ${without}. With a docker engine they need nothing else; \`npm run test:unit\` needs nothing at all`);
}

async function whatIsLacking(tiers: ("engine" | "e2e")[], machine: MachineChecks): Promise<string | undefined> {
  for (const tier of tiers)
    try {
      if (machine.platform !== "linux") throw new Error(`it needs Linux, and this is ${machine.platform}`);
      machine.builds(tier);
      if (tier === "e2e") await machine.lab();
    } catch (error) {
      return `tier ${tier}: ${(error as Error).message}`;
    }
  return undefined;
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
  const folders = await ensureArtefacts([...apiServerBinaries.map((b) => b.artefact), charts, actionlint, act], progress);
  const bin = join(import.meta.dirname, "..", "..", ".federation", "test", "bin");
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const { artefact, program } of apiServerBinaries) symlinkSync(join(folders.get(artefact.name)!, program), join(bin, program));
  return { MESH_FEDERATION_TEST_PULUMI: tools.bin, MESH_FEDERATION_HELM: tools.helm!, MESH_FEDERATION_TEST_BIN: bin, MESH_FEDERATION_TEST_CHARTS: folders.get(charts.name)! };
}
