import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { dockerProblem } from "../../workspace/docker.ts";
import { makeOwnFolder } from "../../workspace/workspace.ts";
import { charts } from "../../offline/lab/artifacts/charts.ts";
import { nodeImage } from "../../offline/lab/artifacts/nodeImage.ts";
import { apiServerBinaries } from "../../offline/lab/index.ts";
import { ensurePrerequisites } from "../../offline/lab/prerequisites.ts";
import { ensureArtifacts, isCached } from "../../tools/artifact.ts";
import { requireGo } from "../../offline/builds/goArtifact.ts";
import { registryTools } from "../../offline/builds/registryTools.ts";
import { ensureToolchain, installPlugins } from "../../tools/index.ts";
import { consoleProgress, type Progress } from "../../tools/progress.ts";
import { controllerManagerRelease } from "../../tools/releases.ts";
import { chooseSource, sourceVariable, type Choice, type Source } from "../../tools/source.ts";
import { lockFiles, type Locks } from "../../tools/releaseLock.ts";
import { ensureTestReleases, unlockedRelease } from "./testReleases.ts";
import { pinned } from "../../tools/versions.ts";
import { locationVariable } from "./container.ts";
import { pluginCommand, type PluginName } from "../../offline/test/support/plugins/pluginProcess.ts";
import { workflowTools } from "./workflowTools.ts";
import { generatedSdkHosts, languageHosts } from "./languageHosts.ts";
import { node22, node22Environment } from "./node22.ts";
import { isSoak } from "./soak.ts";

/** Kinds of tests, from the fastest to the most realistic. */
export type Tier = "unit" | "engine" | "e2e";

/** What tests need of the machine. `releases`, `builds` and `lab` throw an error that names what is missing. */
export interface MachineChecks {
  platform: string;
  /** Official programs; one of them is published for Linux only. */
  releases(): void;
  /** Builds of what the tool cache lacks. */
  builds(tier: "engine" | "e2e"): void;
  /** A lab for the tests. */
  lab(): Promise<void>;
  /** A Docker engine for a container. Resolves to the reason why there is none. */
  container(): Promise<string | undefined>;
}

const thisMachine: MachineChecks = {
  platform: process.platform,
  releases: () => void controllerManagerRelease(),
  builds(tier) {
    const built = tier === "engine" ? [...testPrograms().map((b) => b.artifact), charts] : [nodeImage, charts];
    if (![...registryTools, ...built].every(isCached)) requireGo();
  },
  lab: () => ensurePrerequisites(consoleProgress(process.stdout)),
  container: dockerProblem,
};

const root = join(import.meta.dirname, "..", "..");

/** Programs that the engine tests run, each with its artifact. */
function testPrograms() {
  return [...apiServerBinaries, ...workflowTools, ...languageHosts, ...(isSoak() ? generatedSdkHosts : [])];
}

/**
 * The source of the tools and plugins of the engine tests: {@link sourceVariable}, or what `npm run up` would choose.
 * With MESH_FEDERATION_TEST_PLUGIN_HOME, which names a home with the plugins under test, it is `registry`, and in a CI
 * job that may not download all of the releases.
 */
export function testSource(environment: NodeJS.ProcessEnv = process.env, locks: Locks = lockFiles): Promise<Choice> {
  const given = environment[sourceVariable] || undefined;
  const home = environment["MESH_FEDERATION_TEST_PLUGIN_HOME"];
  const reason = home ? "MESH_FEDERATION_TEST_PLUGIN_HOME names the plugins" : unlockedRelease(locks);
  if (reason && !given) return Promise.resolve({ source: "registry", why: `source: registry, because ${reason}` });
  return chooseSource(given, undefined, sourceVariable);
}

/**
 * Chooses where the tiers run, before any test starts: on this machine, or in a container of its Docker engine when the
 * machine lacks something. Tier `engine` runs on official releases or on builds from package registries; `e2e` always
 * runs on builds, in a lab.
 *
 * @param source source of what tier `engine` needs
 * @param forced `here` or `container`; empty to choose
 * @throws when a tier can run in neither; names the tier and what is missing
 */
export async function chooseTestLocation(
  tiers: Tier[],
  source: Source,
  forced = process.env[locationVariable] || "",
  machine: MachineChecks = thisMachine,
): Promise<{ location: "here" | "container"; why: string }> {
  if (!["", "here", "container"].includes(forced))
    throw new Error(`${locationVariable} is "${forced}"; allowed are here and container`);
  const real = tiers.filter((t) => t !== "unit");
  if (real.length === 0) return { location: "here", why: "unit tests need nothing of the machine" };
  const missing =
    forced === "container" ? `${locationVariable} is container` : await missingOnMachine(real, source, machine);
  if (missing === undefined) return { location: "here", why: "the machine has what the tests need" };
  const noContainer = forced === "here" ? `${locationVariable} is here` : await machine.container();
  if (noContainer === undefined) return { location: "container", why: missing };
  throw new Error(
    [
      `the tests cannot run on this machine: ${missing}`,
      `Nor can they run in a container: ${noContainer}. With a Docker engine they need nothing else. ` +
        "`npm run test:unit` needs nothing.",
    ].join("\n"),
  );
}

async function missingOnMachine(
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
 * Prepares what a tier needs and returns the environment for its tests.
 *
 * - `unit`: nothing.
 * - `engine`: the official plugins (MESH_FEDERATION_TEST_PLUGIN_HOME) with releases, otherwise the stand-ins; Pulumi
 *   with its language host (MESH_FEDERATION_TEST_PULUMI), the stand-ins' Helm (MESH_FEDERATION_HELM), the programs of a
 *   bare API server, actionlint and act (MESH_FEDERATION_TEST_BIN), Istio's charts for their CRDs
 *   (MESH_FEDERATION_TEST_CHARTS), and a Node.js 22 ({@link node22}).
 * - `e2e`: the builds of the tools, the node image and the charts, because a build takes longer than a test may. The
 *   tests kill engines and count containers, so they run in a lab, never in the machine's own Docker engine.
 */
export async function prepareTier(tier: Tier, source: Source): Promise<Record<string, string>> {
  makeOwnFolder();
  if (tier === "unit") return {};
  if (tier === "e2e") {
    const progress = consoleProgress(process.stdout);
    await ensureToolchain("registry", progress);
    await ensureArtifacts([nodeImage, charts], progress);
    return (await chooseSource()).source === "registry" ? {} : { [sourceVariable]: "registry" };
  }
  if (source === "registry" || process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"]) requirePlugins();
  const progress = consoleProgress(process.stdout);
  if (source === "release") return prepareReleases(progress);
  const tools = await ensureToolchain("registry", progress);
  const folders = await ensureArtifacts([...testPrograms().map((b) => b.artifact), charts, node22], progress);
  const bin = join(root, ".federation", "test", "bin");
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const { artifact, program } of testPrograms())
    symlinkSync(join(folders.get(artifact.name)!, program), join(bin, program));
  return {
    MESH_FEDERATION_TEST_PULUMI: tools.bin,
    MESH_FEDERATION_HELM: tools.helm!,
    MESH_FEDERATION_TEST_BIN: bin,
    MESH_FEDERATION_TEST_CHARTS: folders.get(charts.name)!,
    ...node22Environment(folders),
    // Commands of the product that the tests run would choose releases again.
    ...(unlockedRelease() ? { [sourceVariable]: "registry" } : {}),
  };
}

/** Throws when the home of the plugins under test lacks a plugin. */
function requirePlugins(): void {
  for (const [name, version] of Object.entries(pinned.plugins)) {
    const [program] = pluginCommand(name as PluginName);
    if (!existsSync(program!))
      throw new Error(
        `${program} does not exist. MESH_FEDERATION_TEST_PLUGIN_HOME must be a Pulumi home with plugin ` +
          `${name} ${version}: \`pulumi plugin install resource ${name} ${version}\` installs it into $PULUMI_HOME`,
      );
  }
}

/** The environment of the engine tests on official releases. */
async function prepareReleases(progress: Progress): Promise<Record<string, string>> {
  const tools = await ensureToolchain("release", progress);
  const home = process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"] || join(root, ".federation", "test", "home");
  if (!process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"]) {
    mkdirSync(home, { recursive: true });
    await installPlugins(tools, home, progress, false);
  }
  const { bin, charts } = await ensureTestReleases(progress);
  const folders = await ensureArtifacts([node22], progress);
  return {
    MESH_FEDERATION_TEST_PULUMI: tools.bin,
    MESH_FEDERATION_TEST_PLUGIN_HOME: home,
    MESH_FEDERATION_TEST_BIN: bin,
    MESH_FEDERATION_TEST_CHARTS: charts,
    ...node22Environment(folders),
    [sourceVariable]: "release",
  };
}
