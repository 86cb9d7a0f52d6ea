import { declaredMesh } from "../../federation/config/declaredMesh.ts";
import { driftOf, type Drift, type DriftReport } from "./drift.ts";
import { terminal } from "../report/terminal.ts";
import { runPreview } from "../preview/runPreview.ts";
import { byStack, inStack, type StackFinding } from "../findings.ts";
import { skipText } from "../result.ts";
import type { Revision } from "../revision/revision.ts";
import type { Progress } from "../../tools/progress.ts";
import type { Toolchain } from "../../tools/index.ts";
import { firstLine } from "../deployment/pulumiMessage.ts";
import type { Deployed } from "../deployment/readDeployed.ts";
import { forEachStack } from "../concurrency.ts";

/** Compares every deployed stack with its cluster. Changes nothing, and no state. */
export async function findDrift(
  tools: Toolchain,
  head: Revision,
  deployed: Deployed,
  progress: Progress,
): Promise<DriftReport> {
  const { code, ...why } = deployed.backendError ?? {
    code: "review-stack-not-deployed" as const,
    reason: "it is not in the backend",
  };
  const missing = { code, subject: "stack", problem: skipText({ code, ...why }), remedy: "" };
  const notCompared: StackFinding[] = head.stacks
    .filter((s) => !deployed.stacks.includes(s.stack))
    .flatMap(({ stack }) => inStack(stack, [missing]));
  const found = await forEachStack(
    head.stacks.filter((s) => deployed.stacks.includes(s.stack)),
    async ({ stack, role, raw, problem }): Promise<Drift[]> => {
      if (problem) {
        notCompared.push(...inStack(stack, [problem]));
        return [];
      }
      const step = progress.step(`refresh ${terminal(stack)}`);
      // Without --run-program: the program fails where it depends on a deleted resource.
      const { code, report, stderr } = await runPreview(tools, stack, ["refresh", "--preview-only", "--json"]);
      if (code !== 0 || !report) {
        const problem = report?.errors[0] ?? firstLine(stderr);
        notCompared.push({ stack, code: "review-refresh-failed", subject: "refresh", problem, remedy: "" });
        step.done("not compared");
        return [];
      }
      const drift = driftOf(
        stack,
        role === "mesh" ? declaredMesh(stack, raw).name : undefined,
        report.touched,
        deployed.contracts,
      );
      step.done(drift.length > 0 ? `${drift.length} drifted` : "no drift");
      return drift;
    },
  );
  return { drift: found.flat(), notCompared: notCompared.sort(byStack), undeclared: deployed.undeclared };
}
