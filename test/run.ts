import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endWith } from "../cli/arguments.ts";
import { duration } from "../tools/progress.ts";
import type { Source } from "../tools/source.ts";
import { runInContainer } from "./support/container.ts";
import { failureLines, type TestFileResult } from "./support/failures.ts";
import { missingScenarios } from "./support/scenarios.ts";
import { standInsOnly } from "./support/standInsOnly.ts";
import { chooseTestPlace, prepareTier, testSource, type Tier } from "./support/tiers.ts";

const root = join(import.meta.dirname, "..");
const tiers: readonly Tier[] = ["unit", "engine", "e2e"];

/** Tests wait for much of their time, so two files share the processor well; end-to-end tests share one lab. */
const workers = { unit: ["--maxWorkers=2"], engine: ["--maxWorkers=2"], e2e: ["--runInBand"] };

interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: TestFileResult[];
}

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed and why, as lines. */
  failures: string[];
}

/** Runs one tier: what it needs, then its tests. What cannot be made ready counts as one failed test. */
async function runTier(tier: Tier, source: Source): Promise<Outcome> {
  const started = Date.now();
  const title = (text: string) => process.stdout.write(`== ${tier}: ${text}\n`);
  title("start");
  let outcome: Outcome;
  try {
    const environment = await prepareTier(tier, source);
    const left = tier === "engine" && source === "release" ? standInsOnly() : {};
    for (const name of Object.values(left).flat())
      process.stdout.write(`   not applicable to the official plugins: ${name}\n`);
    outcome = await runJest(tier, environment, Object.keys(left));
  } catch (error) {
    title(`cannot run: ${(error as Error).message}`);
    outcome = {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [`   failed: ${tier}: cannot run: ${(error as Error).message}`],
    };
  }
  title(
    `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped in ${duration((Date.now() - started) / 1000)}`,
  );
  return outcome;
}

/** @param left test files that are not to run, by their paths */
async function runJest(tier: Tier, environment: Record<string, string>, left: string[]): Promise<Outcome> {
  const file = join(root, ".federation", "test", `${tier}.json`);
  mkdirSync(join(file, ".."), { recursive: true });
  rmSync(file, { force: true });
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  const args = [
    jest,
    "--selectProjects",
    tier,
    "--json",
    `--outputFile=${file}`,
    ...(tier === "unit" ? [] : ["--verbose"]),
    ...workers[tier],
    ...process.argv.slice(2).filter((a) => a.startsWith("-")),
    ...left.map((path) => `--testPathIgnorePatterns=/${path}$`),
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (!existsSync(file)) throw new Error(`jest ended with exit code ${code} and without a result`);
  const result = JSON.parse(readFileSync(file, "utf8")) as JestResult;
  const tests = result.testResults.flatMap((r) => r.assertionResults);
  if (tests.length === 0) throw new Error("there is no test");
  // A file that cannot be loaded fails without a failing test.
  const unloadable = result.testResults.filter(
    (r) => r.status === "failed" && r.assertionResults.every((a) => a.status !== "failed"),
  ).length;
  let failed = result.numFailedTests + unloadable;
  const failures = failureLines(tier, result.testResults);
  if (tier === "e2e") {
    for (const test of tests) process.stdout.write(`   scenario: ${test.title}: ${test.status}\n`);
    const missing = missingScenarios(
      tests.filter((t) => t.status === "passed" || t.status === "failed").map((t) => t.title),
    );
    failures.push(...missing.map((name) => `   failed: e2e: ${name}: did not run`));
    failed += missing.length;
  }
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests, failures };
}

async function main(): Promise<number> {
  const asked = process.argv.slice(2).filter((a) => !a.startsWith("-"));
  const unknown = asked.filter((a) => !(tiers as readonly string[]).includes(a));
  if (unknown.length > 0) throw new Error(`unknown tier ${unknown.join(", ")}; tiers are ${tiers.join(", ")}`);
  const wanted = tiers.filter((t) => asked.includes(t));
  const choice = wanted.includes("engine") ? await testSource() : undefined;
  const source = choice?.source ?? "registry";
  const { place, why } = await chooseTestPlace(wanted, source);
  if (place === "container") {
    process.stdout.write(`tests: in a container of this machine's docker engine (${why})\n`);
    return runInContainer(root, process.argv.slice(2));
  }
  if (choice) process.stdout.write(`engine tests: ${choice.why}\n`);
  const total: Outcome = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const tier of wanted) {
    const outcome = await runTier(tier, source);
    for (const key of ["passed", "failed", "skipped"] as const) total[key] += outcome[key];
    total.failures.push(...outcome.failures);
  }
  for (const line of total.failures) process.stdout.write(`${line}\n`);
  process.stdout.write(
    `Tests: ${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}\n`,
  );
  // A developer may skip a test; in CI nothing may go unproven.
  return total.failed > 0 || total.passed === 0 || (process.env["CI"] === "true" && total.skipped > 0) ? 1 : 0;
}

main().then(endWith, (error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.stdout.write("Tests: 0 passed, 1 failed\n");
  endWith(1);
});
