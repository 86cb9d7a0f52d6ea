import type { Toolchain } from "../../tools/index.ts";
import { runPulumi } from "../../workspace/pulumiJson.ts";
import { refreshOwnFile } from "../../workspace/stackConfig.ts";
import { readPreview, type PreviewReport } from "./previewReport.ts";

/** How a preview of Pulumi ended. */
export interface PreviewRun {
  code: number;
  /** Undefined where Pulumi printed no preview. */
  report: PreviewReport | undefined;
  stderr: string;
}

/**
 * Runs a previewing command of Pulumi, such as `["preview", "--json"]`, on a stack with the clone's secrets settings.
 */
export async function runPreview(tools: Toolchain, stack: string, command: string[]): Promise<PreviewRun> {
  const options = ["--stack", stack, "--config-file", refreshOwnFile(stack)];
  const { code, stdout, stderr } = await runPulumi(tools, [...command, ...options]);
  try {
    return { code, report: readPreview(stdout), stderr };
  } catch {
    return { code, report: undefined, stderr };
  }
}
