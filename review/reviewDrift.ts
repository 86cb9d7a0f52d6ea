import { consoleProgress } from "../tools/progress.ts";
import { prepareTools } from "../workspace/tools.ts";
import { root } from "../workspace/workspace.ts";
import { readDeployed } from "./deployment/readDeployed.ts";
import { driftFailures, renderDrift } from "./drift/drift.ts";
import { findDrift } from "./drift/findDrift.ts";
import { errorsPage, type Report } from "./report/report.ts";
import type { Required } from "./result.ts";
import { plainSecretsOf, readRevision } from "./revision/revision.ts";
import { secretsOfEnvironment } from "./secrets/environmentSecrets.ts";
import { maskValue } from "./secrets/masking.ts";

/** Compares the deployed stacks of the working tree with their clusters. Changes nothing. */
export async function reviewDrift(required: Pick<Required, "previews">): Promise<Report> {
  const head = readRevision(root);
  const tools = await prepareTools();
  const deployed = await readDeployed(tools, head);
  const result = maskValue(await findDrift(tools, head, deployed, consoleProgress()), [
    ...deployed.secrets,
    ...plainSecretsOf(head),
    ...secretsOfEnvironment(process.env),
  ]);
  return {
    failures: driftFailures(result.drift, required.previews ? result.notCompared : []),
    result,
    markdown: renderDrift(result, errorsPage(process.env)),
  };
}
