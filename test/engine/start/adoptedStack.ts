import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { installTestPlugins, sharedCompilation } from "../support/plugins.ts";

export const repository = resolve(import.meta.dirname, "..", "..", "..");

/** The environment of Pulumi with a backend and a home of its own, below a folder of the test. */
export function ownPulumi(own: string): Record<string, string> {
  for (const part of ["state", "home"]) mkdirSync(join(own, part), { recursive: true });
  installTestPlugins(join(own, "home"));
  return {
    ...sharedCompilation,
    PULUMI_HOME: join(own, "home"),
    PULUMI_BACKEND_URL: pathToFileURL(join(own, "state")).href,
    PULUMI_CONFIG_PASSPHRASE: "engine test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PATH: [process.env["MESH_FEDERATION_TEST_PULUMI"], dirname(process.execPath), process.env["PATH"]].join(delimiter),
  };
}

/** A project that a command has written, with the real engine. It finds its packages in `node_modules` or above. */
export class WrittenProject {
  readonly folder: string;
  private readonly environment: Record<string, string>;

  /** @param environment of {@link ownPulumi} */
  constructor(folder: string, environment: Record<string, string>) {
    this.folder = folder;
    this.environment = environment;
  }

  /** Runs Pulumi, which must succeed. */
  pulumi(...args: string[]): Promise<string> {
    return runProgram("pulumi", [...args, "--non-interactive"], this.folder, this.environment);
  }

  /** The steps of a preview, `operation name`, without those that change nothing and Pulumi's own resources. */
  async steps(stack: string): Promise<string[]> {
    const output = await this.pulumi("preview", "--json", "--stack", stack);
    const { steps } = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as {
      steps: { op: string; urn: string }[];
    };
    return steps
      .filter(({ op, urn }) => op !== "same" && !urn.includes("::pulumi:"))
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
      .sort();
  }
}

/** Runs a command of this project, which must succeed. */
export function command(name: string, args: string[]): Promise<string> {
  const script = join(repository, "cli", `${name}.ts`);
  return runProgram(process.execPath, ["-r", "./tools/checkNode.cjs", script, ...args], repository);
}

/** Runs a program, which must succeed. */
export function runProgram(
  program: string,
  args: string[],
  cwd: string,
  more: Record<string, string> = {},
): Promise<string> {
  return new Promise((done, failed) =>
    execFile(program, args, { cwd, env: { ...process.env, ...more }, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      error ? failed(new Error(`${program} ${args.join(" ")}:\n${stdout}${stderr}`)) : done(stdout + stderr),
    ),
  );
}
