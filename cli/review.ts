import { existsSync, writeFileSync } from "node:fs";
import { rules } from "../policy/rules.ts";
import { changesBetween } from "../review/changes.ts";
import { renderComment } from "../review/comment.ts";
import { maskValue } from "../review/masking.ts";
import { planRevision } from "../review/planRevision.ts";
import { hasFailed, type ReviewResult } from "../review/result.ts";
import { readRevision } from "../review/revision.ts";
import { readSources } from "../infra/sources.ts";
import { consoleProgress } from "../toolchain/progress.ts";
import { failWith, readArguments } from "./arguments.ts";
import { readBase } from "./review/base.ts";
import { readDeployed } from "./review/backend.ts";
import { checkPolicies } from "./review/policies.ts";
import { previewStacks } from "./review/previews.ts";
import { prepareTools } from "./tools.ts";
import { paths, root } from "./workspace.ts";

const usage = `npm run review -- --base REF [--json] [--comment FILE] [--require-previews]

Says what the working tree changes about the federation since git revision REF: the import graph in words, failed
checks, policies, and a real preview of each stack that can be previewed. Changes nothing, in no backend or cluster.

  --json              the result as JSON on standard output, instead of Markdown
  --comment FILE      writes the Markdown there, for a comment on a pull request
  --require-previews  a stack that could not be previewed counts as a failed check

Exit code: 0 everything passed, 1 a check failed, 2 wrong usage.`;

async function main(): Promise<number> {
  const options = readArguments({ base: { type: "string" }, json: { type: "boolean" }, comment: { type: "string" }, "require-previews": { type: "boolean" } }, usage);
  if (!options.base) {
    process.stderr.write(`--base is missing\n\n${usage}\n`);
    return 2;
  }
  const progress = consoleProgress();
  const base = readBase(root, options.base);
  const head = readRevision(root);
  const tools = await prepareTools();
  const deployed = await readDeployed(tools, head);
  const sources = readSources({ MESH_FEDERATION_SOURCES: existsSync(paths.sources) ? paths.sources : "" });
  const before = planRevision(base, deployed.contracts, sources);
  const after = planRevision(head, deployed.contracts, sources);
  const { previews, failed, resources, order } = await previewStacks(tools, head, after, deployed, progress);
  const result: ReviewResult = {
    changes: changesBetween({ revision: base, federation: before }, { revision: head, federation: after }, deployed.contracts),
    failed: [...after.failed, ...failed],
    warnings: [...after.warnings, ...deployed.notes],
    policies: checkPolicies(after, resources),
    policiesRan: { policies: rules.length, stacks: [...resources.keys()].sort() },
    previews,
    order,
  };
  const shown = maskValue(result, deployed.secrets);
  const comment = renderComment(shown);
  if (options.comment) writeFileSync(options.comment, comment);
  const passed = !hasFailed(result, options["require-previews"]);
  process.stdout.write(options.json ? `${JSON.stringify({ passed, ...shown }, null, 2)}\n` : comment);
  return passed ? 0 : 1;
}

main().then((code) => process.exit(code), failWith);
