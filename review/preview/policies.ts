import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../federation/errors/userError.ts";
import { evaluate, type Evaluation } from "../../policy/evaluate.ts";
import { rules } from "../../policy/rules.ts";
import { readConfig } from "../../policy/settings.ts";
import type { StackPreview } from "../result.ts";
import type { PlannedFederation } from "../revision/planRevision.ts";
import { policyConfigFile } from "../revision/revision.ts";
import type { PreviewedResource } from "./previewReport.ts";

/**
 * Runs the rules of the policy pack on the resources of the previews. Each root stack has the contract that its
 * configuration declares, because a preview does not know that output yet.
 */
export function checkPolicies(
  federation: PlannedFederation,
  resources: ReadonlyMap<string, PreviewedResource[]>,
  previews: StackPreview[],
  config: unknown = {},
): Evaluation {
  return evaluate(
    previews.map((preview) => {
      const { stack } = preview;
      const contract = federation.meshes.find((m) => m.stack === stack)?.contract;
      const root = { type: "pulumi:pulumi:Stack", name: stack, props: { federation: contract } };
      const list = resources.get(stack) ?? (contract ? [root] : []);
      return {
        stack,
        resources: list.map((r) => (r.type === root.type && contract ? { ...r, props: root.props } : r)),
        notPreviewed: preview.state === "skipped" ? preview.reason : undefined,
      };
    }),
    config,
  );
}

/**
 * The configuration of the policies: `policy-config.json` next to `stacks/`; the defaults without that file.
 * @throws UserError `review-policy-config-invalid`
 */
export function readPolicyConfig(folder: string): unknown {
  const file = join(folder, policyConfigFile);
  if (!existsSync(file)) return {};
  try {
    const config: unknown = JSON.parse(readFileSync(file, "utf8"));
    readConfig(config, rules);
    return config;
  } catch (error) {
    throw new UserError("review-policy-config-invalid", {
      subject: policyConfigFile,
      problem: `is not valid: ${(error as Error).message}`,
      remedy: "Correct it; docs/policies.md has its form",
    });
  }
}
