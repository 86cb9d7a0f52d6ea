import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { stringify } from "yaml";
import { installTestPlugins, sharedCompilation } from "../support/plugins.ts";

const repository = resolve(import.meta.dirname, "..", "..", "..");

/** Result of a Pulumi run. */
export interface PulumiRun {
  code: number;
  output: string;
}

/** This project in a temporary folder, with the real engine and stack files that a test writes. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "mesh-federation-engine-"));
  /** Variables of its Pulumi, besides this process's. */
  readonly environment: Record<string, string>;

  constructor() {
    for (const part of ["infra", "components", "federation", "kube", "workspace", "Pulumi.yaml", "package.json"])
      cpSync(join(repository, part), join(this.folder, part), { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"));
    for (const part of ["stacks", "state", "home"]) mkdirSync(join(this.folder, part));
    installTestPlugins(join(this.folder, "home"));
    this.environment = {
      ...sharedCompilation,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(join(this.folder, "state")).href,
      PULUMI_CONFIG_PASSPHRASE: "engine test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PATH: [process.env["MESH_FEDERATION_TEST_PULUMI"], dirname(process.execPath), process.env["PATH"]].join(
        delimiter,
      ),
      NODE_OPTIONS: "--disable-warning=ExperimentalWarning --disable-warning=DEP0180",
    };
  }

  /** Writes a stack file from configuration keys without their prefix. */
  write(stack: string, config: Record<string, unknown>): void {
    writeFileSync(
      join(this.folder, "stacks", `Pulumi.${stack}.yaml`),
      stringify({
        config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`mesh-federation:${key}`, value])),
      }),
    );
  }

  pulumi(args: string[], more: Record<string, string> = {}): Promise<PulumiRun> {
    return new Promise((done) => {
      const child = execFile(
        "pulumi",
        [...args, "--non-interactive"],
        { cwd: this.folder, env: { ...process.env, ...this.environment, ...more }, maxBuffer: 64 << 20 },
        (error, stdout, stderr) => done({ code: error ? Number(child.exitCode ?? 1) : 0, output: stdout + stderr }),
      );
    });
  }

  /** Runs Pulumi, which must succeed. */
  async must(args: string[], more: Record<string, string> = {}): Promise<string> {
    const { code, output } = await this.pulumi(args, more);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output.slice(-4000)}`);
    return output;
  }

  /** The changes of a preview: one line per resource with the paths that differ. Stack outputs are not included. */
  async changes(stack: string, more: Record<string, string> = {}): Promise<string[]> {
    const output = await this.must(["preview", "--json", "--stack", stack], more);
    const { steps } = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as {
      steps: { op: string; urn: string; detailedDiff?: Record<string, { kind: string }> | null }[];
    };
    return steps
      .filter((s) => s.op !== "same")
      .map((s) =>
        [
          s.op,
          s.urn.split("::").at(-1),
          ...Object.entries(s.detailedDiff ?? {})
            .map(([path, { kind }]) => (kind === "update" ? path : `${kind} ${path}`))
            .sort(),
        ].join(" "),
      )
      .sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
