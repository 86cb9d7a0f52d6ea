import { judge, type Judgement } from "../../policy/judge.ts";
import type { PlannedFederation } from "../../review/planRevision.ts";
import type { PreviewedResource } from "../../review/previewReport.ts";
import type { StackPreview } from "../../review/result.ts";

/**
 * Runs the policy pack's rules on the resources that previews show. Each stack's root carries the contract that its
 * configuration makes: in a preview the engine does not know that output yet, and without one it is all there is.
 */
export function checkPolicies(federation: PlannedFederation, resources: ReadonlyMap<string, PreviewedResource[]>, previews: StackPreview[]): Judgement {
  return judge(
    previews.map((preview) => {
      const { stack } = preview;
      const contract = federation.meshes.find((m) => m.stack === stack)?.contract;
      const root = { type: "pulumi:pulumi:Stack", name: stack, props: { federation: contract } };
      const list = resources.get(stack) ?? (contract ? [root] : []);
      return { stack, resources: list.map((r) => (r.type === root.type && contract ? { ...r, props: root.props } : r)), notPreviewed: preview.state === "skipped" ? preview.reason : undefined };
    }),
  );
}
