import { driftOf, type Drift } from "./drift.ts";
import { neighbourOf } from "../../workspace/stackFiles.ts";
import { readPreview } from "../preview/previewReport.ts";
import { byStack, type FailedCheck } from "../revision/planRevision.ts";
import type { Revision } from "../revision/revision.ts";
import type { Progress } from "../../tools/progress.ts";
import type { Toolchain } from "../../tools/index.ts";
import { runPulumi } from "../../workspace/pulumiJson.ts";
import { refreshOwnFile } from "../../workspace/stackConfig.ts";
import { firstLine, type Deployed } from "../deployment/readDeployed.ts";
import { inTwos } from "../concurrency.ts";

/** What was found, stacks that could not be compared, and stacks that nobody declares. */
export interface DriftReport {
  drift: Drift[];
  notes: FailedCheck[];
  orphans: FailedCheck[];
}

/** Compares every deployed stack with what lives in its cluster. Changes nothing, in no state either. */
export async function findDrift(
  tools: Toolchain,
  head: Revision,
  deployed: Deployed,
  progress: Progress,
): Promise<DriftReport> {
  const notes = head.stacks
    .filter((s) => !deployed.stacks.includes(s.stack))
    .map(({ stack }) => ({ stack, message: deployed.down ?? "it is not in the backend" }));
  const found = await inTwos(
    head.stacks.filter((s) => deployed.stacks.includes(s.stack)),
    async ({ stack, role, raw, problem }): Promise<Drift[]> => {
      if (problem) {
        notes.push({ stack, message: problem });
        return [];
      }
      const step = progress.step(`refresh ${stack}`);
      // Without the program (--run-program): the engine gives up there on what depends on a resource that is gone.
      const { code, stdout, stderr } = await runPulumi(tools, [
        "refresh",
        "--preview-only",
        "--json",
        "--stack",
        stack,
        "--config-file",
        refreshOwnFile(stack),
      ]);
      let report;
      try {
        report = readPreview(stdout);
      } catch {
        report = undefined;
      }
      if (code !== 0 || !report) {
        notes.push({ stack, message: report?.errors[0] ?? firstLine(new Error(stderr)) });
        step.done("not compared");
        return [];
      }
      const drift = driftOf(
        stack,
        role === "mesh" ? neighbourOf(stack, raw).name : undefined,
        report.touched,
        deployed.contracts,
      );
      step.done(drift.length > 0 ? `${drift.length} drifted` : "as it was left");
      return drift;
    },
  );
  return { drift: found.flat(), notes: notes.sort(byStack), orphans: deployed.orphans };
}
