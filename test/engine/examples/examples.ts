import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { consumer, ownPackages, packedPackage, pulumiPackages } from "../../unit/package/support/consumer.ts";
import { LanguageProject } from "../languages/languageProject.ts";

/** Examples with the packed package, and one backend for all of them: they refer to each other's stacks. */
export class Examples {
  private readonly folder = mkdtempSync(join(tmpdir(), "mesh-federation-examples-"));
  private readonly projects: LanguageProject[] = [];
  private unpacked = "";

  static async start(): Promise<Examples> {
    const examples = new Examples();
    mkdirSync(join(examples.folder, "state"));
    examples.unpacked = await packedPackage(examples.folder);
    return examples;
  }

  /**
   * A copy of an example with a stack.
   * @param config values by key
   * @param secrets the same, for secret values
   */
  async project(
    example: string,
    stack: string,
    config: Record<string, string>,
    secrets: Record<string, string> = {},
  ): Promise<LanguageProject> {
    const project = new LanguageProject(example, () => ({
      PULUMI_BACKEND_URL: pathToFileURL(join(this.folder, "state")).href,
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    }));
    this.projects.push(project);
    consumer(project.program, this.unpacked, [...pulumiPackages, ...ownPackages], {});
    await project.must("stack", "init", stack);
    const values = (option: string, of: Record<string, string>): string[] =>
      Object.entries(of).flatMap(([key, value]) => [option, `${key}=${value}`]);
    await project.must("config", "set-all", ...values("--plaintext", config), ...values("--secret", secrets));
    return project;
  }

  close(): void {
    for (const project of this.projects) project.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
