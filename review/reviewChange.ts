import { existsSync } from "node:fs";
import { consoleProgress } from "../tools/progress.ts";
import { readSources } from "../workspace/sources.ts";
import { prepareTools } from "../workspace/tools.ts";
import { paths, root } from "../workspace/workspace.ts";
import { changesBetween, invalidStacks } from "./changes/changes.ts";
import { readDeployed } from "./deployment/readDeployed.ts";
import { checkPolicies, readPolicyConfig } from "./preview/policies.ts";
import { previewStacks } from "./preview/previews.ts";
import { renderComment } from "./report/comment.ts";
import { errorsPage, type Report } from "./report/report.ts";
import { failures, type Required, type ReviewResult } from "./result.ts";
import { readBase } from "./revision/base.ts";
import { certificateFileFindings } from "./revision/certificateFiles.ts";
import { kubeconfigFindings } from "./revision/credentialPrograms.ts";
import { planRevision } from "./revision/planRevision.ts";
import { plainSecretsOf, readRevision } from "./revision/revision.ts";
import { secretsOfEnvironment } from "./secrets/environmentSecrets.ts";
import { maskValue } from "./secrets/masking.ts";
import { trustChanges } from "./trust/trustChanges.ts";

/**
 * Reviews the change from a git revision to the working tree. Changes nothing.
 * @param ref the git revision, see {@link readBase}
 */
export async function reviewChange(ref: string | undefined, required: Required): Promise<Report> {
  const base = readBase(root, ref);
  const head = readRevision(root);
  const policyConfig = readPolicyConfig(root);
  const tools = await prepareTools();
  const deployed = await readDeployed(tools, head);
  const sources = readSources({ MESH_FEDERATION_SOURCES: existsSync(paths.sources) ? paths.sources : "" });
  const before = { revision: base, federation: planRevision(base, deployed.contracts, sources) };
  const after = { revision: head, federation: planRevision(head, deployed.contracts, sources) };
  after.federation.failed.push(...certificateFileFindings(head));
  after.federation.failed.push(...kubeconfigFindings(base, head, root, deployed.kubeconfigs));
  const previewed = await previewStacks(tools, head, after.federation, deployed, consoleProgress());
  const policies = checkPolicies(after.federation, previewed.resources, previewed.previews, policyConfig);
  const result: ReviewResult = {
    trust: [...(await trustChanges(before, after, deployed.contracts)), ...previewed.trust],
    changes: changesBetween(before, after, deployed.contracts),
    invalidStacks: invalidStacks(before, after),
    failed: [...after.federation.failed, ...previewed.failed],
    warnings: [...after.federation.warnings, ...deployed.notes, ...deployed.undeclared],
    violations: policies.violations,
    advisories: policies.advisories,
    policyCoverage: { policies: policies.policies, stacks: policies.stacks, notEvaluated: policies.notEvaluated },
    previews: previewed.previews,
    order: previewed.order,
  };
  const shown = maskValue(result, [
    ...deployed.secrets,
    ...plainSecretsOf(base),
    ...plainSecretsOf(head),
    ...secretsOfEnvironment(process.env),
  ]);
  return {
    failures: failures(shown, required),
    result: shown,
    markdown: renderComment(shown, errorsPage(process.env)),
  };
}
