import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judge, type Judgement } from "../../policy/judge.ts";
import { rules } from "../../policy/rules.ts";
import { readConfig } from "../../policy/settings.ts";
import type { PlannedFederation } from "../revision/planRevision.ts";
import type { PreviewedResource } from "./previewReport.ts";
import type { StackPreview } from "../result.ts";
import { policyConfigFile } from "../revision/revision.ts";

/**
 * Runs the policy pack's rules on the resources that previews show. Each stack's root carries the contract that its
 * configuration makes: in a preview the engine does not know that output yet, and without one it is all there is.
 */
export function checkPolicies(
  federation: PlannedFederation,
  resources: ReadonlyMap<string, PreviewedResource[]>,
  previews: StackPreview[],
  config: unknown = {},
): Judgement {
  return judge(
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

/** The configuration of the policies: `policy-config.json` beside `stacks/`; without that file, the defaults. Throws at a wrong one. */
export function readPolicyConfig(folder: string): unknown {
  const file = join(folder, policyConfigFile);
  if (!existsSync(file)) return {};
  try {
    const config: unknown = JSON.parse(readFileSync(file, "utf8"));
    readConfig(config, rules);
    return config;
  } catch (error) {
    throw new Error(
      `${policyConfigFile} cannot be used: ${(error as Error).message}\nIt must be JSON as in docs/policies.md`,
    );
  }
}
