import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { dockerProblem } from "../../workspace/docker.ts";
import { charts } from "../../offline/lab/artefacts/charts.ts";
import { nodeImage } from "../../offline/lab/artefacts/nodeImage.ts";
import { apiServerBinaries } from "../../offline/lab/index.ts";
import { ensurePrerequisites } from "../../offline/lab/prerequisites.ts";
import { ensureArtefacts, isCached } from "../../tools/artefact.ts";
import { requireGo } from "../../offline/builds/goArtefact.ts";
import { registryTools } from "../../offline/builds/registryTools.ts";
import { ensureToolchain, installPlugins } from "../../tools/index.ts";
import { consoleProgress, type Progress } from "../../tools/progress.ts";
import { controllerManagerRelease } from "../../tools/releases.ts";
import { chooseSource, sourceVariable, type Choice, type Source } from "../../tools/source.ts";
import { ensureTestReleases } from "./testReleases.ts";
import { pinned } from "../../tools/versions.ts";
import { placeVariable } from "./container.ts";
import { pluginCommand, type PluginName } from "../../offline/test/support/plugins/pluginProcess.ts";
import { workflowTools } from "./workflowTools.ts";

/** Kinds of tests, from the quickest to the most real. */
export type Tier = "unit" | "engine" | "e2e";

/** What tests need of the machine; `releases`, `builds` and `lab` throw with what is missing. */
export interface MachineChecks {
  platform: string;
  /** Official programs for it: one is published for Linux only. */
  releases(): void;
  /** Builds of what is not in the tool cache. */
  builds(tier: "engine" | "e2e"): void;
  /** A lab of their own. */
  lab(): Promise<void>;
  /** A docker engine for a container; resolves to what is wrong with it. */
  container(): Promise<string | undefined>;
}

const thisMachine: MachineChecks = {
  platform: process.platform,
  releases: () => void controllerManagerRelease(),
  builds(tier) {
    const built =
      tier === "engine"
        ? [...[...apiServerBinaries, ...workflowTools].map((b) => b.artefact), charts]
        : [nodeImage, charts];
    if (![...registryTools, ...built].every(isCached)) requireGo();
  },
  lab: () => ensurePrerequisites(consoleProgress(process.stdout)),
  container: dockerProblem,
};

const root = join(import.meta.dirname, "..", "..");

/**
 * Where the tools and plugins of the engine tests come from: as {@link sourceVariable} says, else as `npm run up` would
 * choose. A home with the plugins under test that somebody names goes with the tools of package registries.
 */
export function testSource(environment: NodeJS.ProcessEnv = process.env): Promise<Choice> {
  if (environment["MESH_FEDERATION_TEST_PLUGIN_HOME"] && !environment[sourceVariable])
    return Promise.resolve({
      source: "registry",
      why: "source: registry, because MESH_FEDERATION_TEST_PLUGIN_HOME names the plugins",
    });
  return chooseSource(environment[sourceVariable] || undefined, undefined, sourceVariable);
}

/**
 * Finds out, before any test starts, where the tiers run: on this machine, or in a container of its docker engine when
 * the machine lacks something. The tier `engine` runs on official releases or on builds from package registries, `e2e`
 * on the latter and in a lab of its own, whatever the machine could download.
 * @param source where what the tier `engine` needs comes from
 * @param forced `here` or `container`; empty to choose
 * @throws naming the first tier that can run nowhere, and what is missing
 */
export async function chooseTestPlace(
  tiers: Tier[],
  source: Source,
  forced = process.env[placeVariable] || "",
  machine: MachineChecks = thisMachine,
): Promise<{ place: "here" | "container"; why: string }> {
  if (!["", "here", "container"].includes(forced))
    throw new Error(`${placeVariable} is "${forced}"; it can be here or container`);
  const real = tiers.filter((t) => t !== "unit");
  if (real.length === 0) return { place: "here", why: "the unit tests need nothing of the machine" };
  const lacking = forced === "container" ? `${placeVariable} asks for it` : await whatIsLacking(real, source, machine);
  if (lacking === undefined) return { place: "here", why: "the machine has what they need" };
  const without = forced === "here" ? `${placeVariable}=here forbids a container` : await machine.container();
  if (without === undefined) return { place: "container", why: lacking };
  throw new Error(
    `the tests cannot run on this machine, so none was started: ${lacking}\nNor can they run in a container: ${without}. With a docker engine they need nothing else; \`npm run test:unit\` needs nothing at all`,
  );
}

async function whatIsLacking(
  tiers: ("engine" | "e2e")[],
  source: Source,
  machine: MachineChecks,
): Promise<string | undefined> {
  for (const tier of tiers)
    try {
      if (machine.platform !== "linux") throw new Error(`it needs Linux, and this is ${machine.platform}`);
      if (tier === "engine" && source === "release") machine.releases();
      else machine.builds(tier);
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
 * - `engine`: from releases the official plugins (MESH_FEDERATION_TEST_PLUGIN_HOME), else the stand-ins; Pulumi with its
 *   language host (MESH_FEDERATION_TEST_PULUMI), the stand-ins' Helm (MESH_FEDERATION_HELM),
 *   the programs of a bare API server, actionlint and act (MESH_FEDERATION_TEST_BIN), and Istio's charts for their CRDs
 *   (MESH_FEDERATION_TEST_CHARTS).
 * - `e2e`: the tests run the product's own commands, which make ready what they need. They kill engines and count
 *   containers, so they use a lab, never the machine's own docker with its user's clusters.
 */
export async function prepareTier(tier: Tier, source: Source): Promise<Record<string, string>> {
  if (tier === "unit") return {};
  if (tier === "e2e") return (await chooseSource()).source === "registry" ? {} : { [sourceVariable]: "registry" };
  const given = source === "registry" || process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"];
  for (const [name, version] of given ? Object.entries(pinned.plugins) : []) {
    const [program] = pluginCommand(name as PluginName);
    if (!existsSync(program!))
      throw new Error(
        `there is no ${program}; MESH_FEDERATION_TEST_PLUGIN_HOME must be a Pulumi home with the plugin ${name} ${version}: \`pulumi plugin install resource ${name} ${version}\` puts it into $PULUMI_HOME`,
      );
  }
  const progress = consoleProgress(process.stdout);
  if (source === "release") return prepareReleases(progress);
  const tools = await ensureToolchain("registry", progress);
  const folders = await ensureArtefacts(
    [...[...apiServerBinaries, ...workflowTools].map((b) => b.artefact), charts],
    progress,
  );
  const bin = join(root, ".federation", "test", "bin");
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const { artefact, program } of [...apiServerBinaries, ...workflowTools])
    symlinkSync(join(folders.get(artefact.name)!, program), join(bin, program));
  return {
    MESH_FEDERATION_TEST_PULUMI: tools.bin,
    MESH_FEDERATION_HELM: tools.helm!,
    MESH_FEDERATION_TEST_BIN: bin,
    MESH_FEDERATION_TEST_CHARTS: folders.get(charts.name)!,
  };
}

/** The environment of the engine tests where everything is an official release. */
async function prepareReleases(progress: Progress): Promise<Record<string, string>> {
  const tools = await ensureToolchain("release", progress);
  const home = process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"] || join(root, ".federation", "test", "home");
  if (!process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"]) {
    mkdirSync(home, { recursive: true });
    await installPlugins(tools, home, progress, false);
  }
  const { bin, charts } = await ensureTestReleases(progress);
  return {
    MESH_FEDERATION_TEST_PULUMI: tools.bin,
    MESH_FEDERATION_TEST_PLUGIN_HOME: home,
    MESH_FEDERATION_TEST_BIN: bin,
    MESH_FEDERATION_TEST_CHARTS: charts,
    [sourceVariable]: "release",
  };
}
