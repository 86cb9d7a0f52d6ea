import { writeFileSync } from "node:fs";
import { printed } from "../review/report/report.ts";
import { terminal, terminalError } from "../review/report/terminal.ts";
import { reviewChange } from "../review/reviewChange.ts";
import { reviewDrift } from "../review/reviewDrift.ts";
import { isMerge } from "../review/revision/base.ts";
import { root } from "../workspace/workspace.ts";
import { exit, fail, readArguments } from "./arguments.ts";

const usage = `npm run review -- [--base REF] [--json] [--comment FILE] [--require-previews] [--require-order]
npm run review -- --drift [--json] [--comment FILE] [--require-previews]

Shows the changes from git revision REF to the working tree: the import graph in words, failed checks, policies, and a
real preview of each stack that can be previewed. With --drift, shows the differences between the clusters and what the
last \`up\` created, and the imports that they break. Changes no backend and no cluster.

  --base REF          default: the first parent of the merge commit that is checked out. Empty or zeros, as in the event
                      of a push to a new branch: the parent of the commit that is checked out
  --json              print the result as JSON instead of Markdown
  --comment FILE      also write the Markdown to a file, for a comment on a pull request
  --require-previews  fail when a stack is not previewed, or not compared
  --require-order     fail when a stack cannot be deployed, or when its deployed contract is unknown, such as when the
                      backend cannot be read

Exit code: 0 everything passed, 1 a check failed, 2 wrong usage. When standard output is a file or a pipe, standard
error has the failures too.`;

const noBase =
  "Give --base or --drift. Without both, a merge commit must be checked out with its parents " +
  "(in CI: fetch-depth 2 or more).";

async function main(): Promise<number> {
  const options = readArguments(
    {
      base: { type: "string" },
      json: { type: "boolean" },
      comment: { type: "string" },
      "require-previews": { type: "boolean" },
      "require-order": { type: "boolean" },
      drift: { type: "boolean" },
    },
    usage,
  );
  const { base, drift, comment, json } = options;
  if (drift ? base !== undefined : base === undefined && !isMerge(root)) {
    process.stderr.write(`${noBase}\n\n${usage}\n`);
    return 2;
  }
  const required = { previews: options["require-previews"], order: options["require-order"] };
  const report = drift ? await reviewDrift(required) : await reviewChange(base, required);
  if (comment) writeFileSync(comment, report.markdown);
  process.stdout.write(printed(report, json));
  if (!process.stdout.isTTY) process.stderr.write(report.failures.map((line) => `${terminal(line)}\n`).join(""));
  return report.failures.length === 0 ? 0 : 1;
}

main().then(exit, (error: unknown) => fail(terminalError(error)));
