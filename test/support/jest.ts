import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { duration } from "../../tools/progress.ts";
import { failureLines, failureSummary, type TestFileResult } from "./failures.ts";
import type { Tier } from "./tiers.ts";

const root = join(import.meta.dirname, "..", "..");

/** Two test files in parallel use the processor well, because tests mostly wait. End-to-end tests share one lab. */
const workers = { unit: ["--maxWorkers=2"], engine: ["--maxWorkers=2"], e2e: ["--runInBand"] };

/** Jest's result file, the parts that are read here. */
interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: TestFileResult[];
}

/** The result of one tier. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** The failed tests with the reasons, as lines. */
  failures: string[];
  /** The failed tests, one line each. */
  summary: string[];
}

/**
 * Runs the tests of a tier in Jest.
 *
 * @param environment variables for the tests
 * @param options options for Jest
 * @param excluded paths of test files that do not apply
 * @throws when Jest writes no result, or finds no test
 */
export async function runJest(
  tier: Tier,
  environment: Record<string, string>,
  options: string[],
  excluded: string[],
): Promise<Outcome> {
  const file = join(root, ".federation", "test", `${tier}.json`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const args = [
    join(root, "node_modules", "jest", "bin", "jest.js"),
    ...["--selectProjects", tier, "--json", `--outputFile=${file}`],
    ...(tier === "unit" ? [] : ["--verbose"]),
    ...workers[tier],
    ...options,
    ...excluded.map((path) => `--testPathIgnorePatterns=/${path}$`),
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (!existsSync(file)) throw new Error(`jest exited with code ${code} and wrote no result`);
  return outcomeOf(tier, JSON.parse(readFileSync(file, "utf8")) as JestResult);
}

function outcomeOf(tier: Tier, result: JestResult): Outcome {
  const tests = result.testResults.flatMap((r) => r.assertionResults);
  if (tests.length === 0) throw new Error("no tests found");
  // A file that cannot be loaded fails without a failed test.
  const unloadable = result.testResults.filter(
    (r) => r.status === "failed" && r.assertionResults.every((a) => a.status !== "failed"),
  ).length;
  const outcome = {
    passed: result.numPassedTests,
    failed: result.numFailedTests + unloadable,
    skipped: result.numPendingTests,
    failures: failureLines(tier, result.testResults),
    summary: failureSummary(tier, result.testResults),
  };
  if (tier === "e2e") {
    for (const { title, status, duration: milliseconds } of tests)
      process.stdout.write(`   scenario: ${title}: ${status} in ${duration((milliseconds ?? 0) / 1000)}\n`);
    // Each scenario starts from what the one before it left, so one that did not run is a failure.
    const missing = notRun(result.testResults);
    outcome.failed += missing.length;
    outcome.failures.push(...missing.map((name) => `   failed: e2e: ${name}: did not run`));
  }
  return outcome;
}

/** Titles of the tests that are declared but did not run. */
export function notRun(files: TestFileResult[]): string[] {
  return files
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status !== "passed" && status !== "failed")
    .map(({ title }) => title);
}
