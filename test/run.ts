import { join } from "node:path";
import { exit } from "../cli/arguments.ts";
import { duration } from "../tools/progress.ts";
import type { Source } from "../tools/source.ts";
import { runInContainer } from "./support/container.ts";
import { runJest, type Outcome } from "./support/jest.ts";
import { soakEngineTests } from "./support/languageHosts.ts";
import { standInTests } from "./support/standInTests.ts";
import { chooseTestLocation, prepareTier, testSource, type Tier } from "./support/tiers.ts";
import { isSoak, soakVariable } from "./support/soak.ts";

const root = join(import.meta.dirname, "..");
const tiers: readonly Tier[] = ["unit", "engine", "e2e"];
/** The e2e tier with its long scenarios, and the long tests of the engine tier. */
const soak = "soak";

/** Prepares one tier and runs its tests. A failed preparation counts as one failed test. */
async function runTier(tier: Tier, source: Source, options: string[]): Promise<Outcome> {
  const started = Date.now();
  const title = (text: string) => process.stdout.write(`== ${tier}: ${text}\n`);
  title("start");
  let outcome: Outcome;
  try {
    const environment = await prepareTier(tier, source);
    const excluded = tier === "engine" && source === "release" ? standInTests() : [];
    for (const path of excluded) process.stdout.write(`   not for official releases: ${path}\n`);
    outcome = await runJest(tier, environment, [...options, ...soakFiles(tier)], excluded);
  } catch (error) {
    const problem = `cannot run: ${(error as Error).message}`;
    title(problem);
    const failures = [`   failed: ${tier}: ${problem}`];
    outcome = { passed: 0, failed: 1, skipped: 0, failures, summary: [] };
  }
  const { passed, failed, skipped } = outcome;
  const seconds = (Date.now() - started) / 1000;
  title(`${passed} passed, ${failed} failed, ${skipped} skipped in ${duration(seconds)}`);
  return outcome;
}

/** Of the engine tests, the soak runs its own alone, and the tier all others. */
function soakFiles(tier: Tier): string[] {
  if (tier !== "engine") return [];
  return soakEngineTests.map((path) => `--testPath${isSoak() ? "" : "Ignore"}Patterns=/${path}$`);
}

async function main(): Promise<number> {
  const [options, names] = [true, false].map((dash) => process.argv.slice(2).filter((a) => a.startsWith("-") === dash));
  const known = [...tiers, soak];
  const unknown = names!.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown tier ${unknown.join(", ")}; tiers are ${known.join(", ")}`);
  if (names!.includes(soak)) process.env[soakVariable] = "1";
  // A filter names scenarios, of which the engine tier has none.
  const soaked = isSoak() ? (options!.length === 0 ? ["engine", "e2e"] : ["e2e"]) : [];
  const wanted = tiers.filter((tier) => [...names!, ...soaked].includes(tier));
  const choice = wanted.includes("engine") ? await testSource() : undefined;
  const source = choice?.source ?? "registry";
  const { location, why } = await chooseTestLocation(wanted, source);
  if (location === "container") {
    process.stdout.write(`tests: in a container of this machine's Docker engine (${why})\n`);
    return runInContainer(root, process.argv.slice(2));
  }
  if (choice) process.stdout.write(`engine tests: ${choice.why}\n`);
  const total: Outcome = { passed: 0, failed: 0, skipped: 0, failures: [], summary: [] };
  for (const tier of wanted) {
    if (tier === "engine" && isSoak() && source === "release") continue;
    const outcome = await runTier(tier, source, options!);
    for (const key of ["passed", "failed", "skipped"] as const) total[key] += outcome[key];
    for (const key of ["failures", "summary"] as const) total[key].push(...outcome[key]);
  }
  for (const line of [...total.failures, ...total.summary]) process.stdout.write(`${line}\n`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  process.stdout.write(`Tests: ${total.passed} passed, ${total.failed} failed${skipped}\n`);
  // A developer may skip a test; CI must run all of them.
  return total.failed > 0 || total.passed === 0 || (process.env["CI"] === "true" && total.skipped > 0) ? 1 : 0;
}

main().then(exit, (error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.stdout.write("Tests: 0 passed, 1 failed\n");
  exit(1);
});
