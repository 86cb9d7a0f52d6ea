import type { Resource } from "../../policy/rule.ts";
import { rules } from "../../policy/rules.ts";
import type { PlannedFederation } from "../../review/planRevision.ts";
import type { PreviewedResource } from "../../review/previewReport.ts";
import type { PolicyFinding } from "../../review/result.ts";

/**
 * Runs the policy pack's rules on the resources that previews show. Each stack's root carries the contract that its
 * configuration makes: in a preview the engine does not know that output yet.
 */
export function checkPolicies(federation: PlannedFederation, resources: ReadonlyMap<string, PreviewedResource[]>): PolicyFinding[] {
  const stacks = [...resources].map(([stack, list]) => {
    const contract = federation.meshes.find((m) => m.stack === stack)?.contract;
    return { stack, list: list.map((r): Resource => ({ ...r, stack, props: r.type === "pulumi:pulumi:Stack" && contract ? { federation: contract } : r.props })) };
  });
  const all = stacks.flatMap((s) => s.list);
  return rules.flatMap((rule) => {
    const groups = rule.scope === "federation" ? [{ stack: "all", list: all }] : stacks;
    return groups.flatMap(({ stack, list }) => rule.check(list).map((v) => ({ stack: v.resource?.stack ?? stack, policy: rule.name, message: v.message })));
  });
}
