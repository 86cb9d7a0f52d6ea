import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Names of the end-to-end scenarios that must run; kept in a file, so that none is lost unnoticed. */
export function committedScenarios(): string[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", "e2e", "scenarios.json"), "utf8")) as string[];
}

/** Committed scenarios that are not among those that ran. */
export function missingScenarios(ran: string[]): string[] {
  return committedScenarios().filter((name) => !ran.includes(name));
}
