import { existsSync, writeFileSync } from "node:fs";
import { changesBetween, notCompared } from "../review/changes/changes.ts";
import { renderComment } from "../review/report/comment.ts";
import { secretsOfEnvironment } from "../review/secrets/environmentSecrets.ts";
import { maskValue } from "../review/secrets/masking.ts";
import { planRevision } from "../review/revision/planRevision.ts";
import { failures, type Required, type ReviewResult } from "../review/result.ts";
import { plainSecretsOf, readRevision, type Revision } from "../review/revision/revision.ts";
import { driftFailures, renderDrift } from "../review/drift/drift.ts";
import { readSources } from "../workspace/sources.ts";
import { consoleProgress } from "../tools/progress.ts";
import { endWith, failWith, readArguments } from "./arguments.ts";
import { isMerge, readBase } from "../review/revision/base.ts";
import { readDeployed } from "../review/deployment/readDeployed.ts";
import { findDrift } from "../review/drift/findDrift.ts";
import { checkPolicies, readPolicyConfig } from "../review/preview/policies.ts";
import { previewStacks } from "../review/preview/previews.ts";
import { prepareTools } from "../workspace/tools.ts";
import { paths, root } from "../workspace/workspace.ts";

const usage = `npm run review -- [--base REF] [--json] [--comment FILE] [--require-previews] [--require-order]
npm run review -- --drift [--json] [--comment FILE] [--require-previews]

Says what the working tree changes about the federation since git revision REF: the import graph in words, failed
checks, policies, and a real preview of each stack that can be previewed. With --drift, says what lives in the clusters
otherwise than the stacks left it, and which imports that breaks. Changes nothing, in no backend or cluster.

  --base REF          default: where a merge commit is checked out, what it was merged into, its first parent. Empty or
                      zeros, as a push to a new branch has it: the commit before the one that is checked out
  --json              the result as JSON on standard output, instead of Markdown
  --comment FILE      writes the Markdown there, for a comment on a pull request
  --require-previews  a stack that could not be previewed, or compared, counts as a failed check
  --require-order     so does a stack that could not be deployed, or of which nobody knows what is deployed, as when the
                      backend is down

Exit code: 0 everything passed, 1 a check failed, 2 wrong usage. Where standard output is a file or a pipe, what failed is
named on standard error too.`;

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
  const wrong = options.drift ? options.base !== undefined : options.base === undefined && !isMerge(root);
  if (wrong) {
    process.stderr.write(
      `give one of --base and --drift; without both, a merge commit must be checked out, with the commits before it (in CI: fetch-depth 2 or more)\n\n${usage}\n`,
    );
    return 2;
  }
  const head = readRevision(root);
  const { failed, shown, text } = options.drift
    ? await reviewDrift(head, options["require-previews"])
    : await reviewSince(options.base, head, { previews: options["require-previews"], order: options["require-order"] });
  if (options.comment) writeFileSync(options.comment, text);
  const passed = failed.length === 0;
  process.stdout.write(options.json ? `${JSON.stringify({ passed, ...shown }, null, 2)}\n` : text);
  if (!process.stdout.isTTY) process.stderr.write(failed.map((line) => `${line}\n`).join(""));
  return passed ? 0 : 1;
}

/** What is printed; masked already. */
interface Told {
  /** Why the review fails, a line each. */
  failed: string[];
  shown: object;
  text: string;
}

async function reviewSince(ref: string | undefined, head: Revision, required: Required): Promise<Told> {
  const base = readBase(root, ref);
  const policyConfig = readPolicyConfig(root);
  const tools = await prepareTools();
  const deployed = await readDeployed(tools, head);
  const sources = readSources({ MESH_FEDERATION_SOURCES: existsSync(paths.sources) ? paths.sources : "" });
  const before = planRevision(base, deployed.contracts, sources);
  const after = planRevision(head, deployed.contracts, sources);
  const { previews, failed, resources, order } = await previewStacks(tools, head, after, deployed, consoleProgress());
  const judgement = checkPolicies(after, resources, previews, policyConfig);
  const [from, to] = [
    { revision: base, federation: before },
    { revision: head, federation: after },
  ];
  const result: ReviewResult = {
    changes: changesBetween(from, to, deployed.contracts),
    notCompared: notCompared(from, to),
    failed: [...after.failed, ...failed],
    warnings: [
      ...after.warnings,
      ...deployed.notes,
      ...deployed.orphans,
      ...judgement.advice.map(({ stack, policy, message }) => ({ stack, message: `policy \`${policy}\`: ${message}` })),
    ],
    policies: judgement.findings,
    policiesRan: { policies: judgement.policies, stacks: judgement.judged, notJudged: judgement.notJudged },
    previews,
    order,
  };
  const shown = maskValue(result, [
    ...deployed.secrets,
    ...plainSecretsOf(base),
    ...plainSecretsOf(head),
    ...secretsOfEnvironment(process.env),
  ]);
  return { failed: failures(shown, required), shown, text: renderComment(shown) };
}

async function reviewDrift(head: Revision, requireAll = false): Promise<Told> {
  const tools = await prepareTools();
  const deployed = await readDeployed(tools, head);
  const found = maskValue(await findDrift(tools, head, deployed, consoleProgress()), [
    ...deployed.secrets,
    ...plainSecretsOf(head),
    ...secretsOfEnvironment(process.env),
  ]);
  return {
    failed: driftFailures(found.drift, requireAll ? found.notes : []),
    shown: found,
    text: renderDrift(found.drift, found.notes, found.orphans),
  };
}

main().then(endWith, failWith);
