import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { scenarios, soakScenarios } from "../../e2e/scenarios/index.ts";
import { notRun } from "../../support/jest.ts";

describe("a scenario", () => {
  test("that Jest skipped did not run, and one that failed did", () => {
    const tests = ["passed", "failed", "pending", "todo"].map((status) => ({
      title: status,
      fullName: status,
      status,
      failureMessages: [],
    }));
    expect(notRun([{ name: "a", status: "failed", message: "", assertionResults: tests }])).toEqual([
      "pending",
      "todo",
    ]);
  });

  test("is in the list for each scenario file", () => {
    const files = readdirSync(join(import.meta.dirname, "..", "..", "e2e", "scenarios"))
      .map((file) => basename(file, ".ts"))
      .filter((name) => name !== "index" && !name.includes("."));
    const listed = new Set([...scenarios, ...soakScenarios].map((scenario) => scenario.name));
    expect([...listed].sort()).toEqual(files.sort());
  });
});
