import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { testProgram } from "../support/testProgram.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");
const folder = join(root, ".github", "workflows");

/** Findings of actionlint in a workflow: syntax, types of expressions, contexts, needs, permissions. */
function findingsIn(yaml: string): string[] {
  // Without shellcheck and pyflakes, which only some machines have.
  const args = [
    "-shellcheck=",
    "-pyflakes=",
    "-oneline",
    "-no-color",
    "-config-file",
    ".github/actionlint.yaml",
    "-stdin-filename",
    ".github/workflows/a.yml",
    "-",
  ];
  const { stdout, stderr, status } = spawnSync(testProgram("actionlint"), args, {
    cwd: root,
    input: yaml,
    encoding: "utf8",
  });
  if (status !== 0 && status !== 1) throw new Error(`actionlint ended with ${status}: ${stderr}`);
  return stdout.trim().split("\n").filter(Boolean);
}

const workflow = (file: string): string => readFileSync(join(folder, file), "utf8");

test.each(readdirSync(folder))("%s has no finding", (file) => {
  expect(findingsIn(workflow(file))).toEqual([]);
});

test.each([
  [
    "an output that no step sets",
    "fromJSON(needs.order.outputs.steps)",
    "fromJSON(needs.order.outputs.stages)",
    'property "stages" is not defined',
  ],
  ["a job that does not exist", "needs: up", "needs: ups", 'needs job "ups" which does not exist'],
  [
    "a context that is not available",
    "cancel-in-progress: false",
    "cancel-in-progress: ${{ secrets.A == '' }}",
    'context "secrets" is not allowed here',
  ],
  ["an unknown key", "queue: max", "queues: max", 'unexpected key "queues"'],
])("%s is a finding", (_what, text, other, finding) => {
  const before = workflow("federation-deploy.yml");
  expect(before).toContain(text);
  expect(findingsIn(before.replace(text, other)).join("\n")).toContain(finding);
});
