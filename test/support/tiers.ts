import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { charts } from "../../lab/artefacts/charts.ts";
import { apiServerBinaries } from "../../lab/index.ts";
import { ensureArtefacts } from "../../toolchain/artefact.ts";
import { ensureToolchain } from "../../toolchain/index.ts";
import { consoleProgress } from "../../toolchain/progress.ts";
import { pinned } from "../../toolchain/versions.ts";
import { pluginCommand, type PluginName } from "./plugins/pluginProcess.ts";

/** Kinds of tests, from the quickest to the most real. */
export type Tier = "unit" | "engine" | "e2e";

/**
 * Makes ready what a tier needs and returns the environment for its tests.
 *
 * - `unit`: nothing.
 * - `engine`: Pulumi with its language host (MESH_FEDERATION_TEST_PULUMI), the stand-ins' Helm (MESH_FEDERATION_HELM),
 *   the programs of a bare API server (MESH_FEDERATION_TEST_BIN), and Istio's charts for their CRDs
 *   (MESH_FEDERATION_TEST_CHARTS).
 * - `e2e`: the tests run the product's own commands, which make ready what they need.
 */
export async function prepareTier(tier: Tier): Promise<Record<string, string>> {
  if (tier !== "engine") return {};
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
