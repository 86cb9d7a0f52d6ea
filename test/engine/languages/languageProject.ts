import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { pinned } from "../../../tools/versions.ts";
import { installTestPlugins, sharedCompilation } from "../support/plugins.ts";

const repository = resolve(import.meta.dirname, "..", "..", "..");

/** Folder of the component provider. */
export const providerFolder = join(repository, "provider");

/** A step of a preview or an update: operation and logical name, such as `create httpbin-entry`. */
type Step = string;

/** An example in another language, in a folder of its own, with a stack, a backend and a Pulumi home of its own. */
export class LanguageProject {
  readonly folder = mkdtempSync(join(tmpdir(), "mesh-federation-language-"));
  private readonly environment: Record<string, string>;

  /**
   * @param example folder in `examples/`
   * @param environment more variables, which may depend on the project's folder
   */
  constructor(example: string, environment: (folder: string) => Record<string, string> = () => ({})) {
    cpSync(join(repository, "examples", example), this.program, { recursive: true });
    this.edit((text) => text.replace("../../provider", providerFolder));
    for (const part of ["state", "home"]) mkdirSync(join(this.folder, part));
    installTestPlugins(join(this.folder, "home"));
    this.writeKubernetesSchema();
    // A release of Pulumi has the language hosts beside it; builds of them are among the programs of the tests.
    const programs = [process.env["MESH_FEDERATION_TEST_PULUMI"], process.env["MESH_FEDERATION_TEST_BIN"]];
    this.environment = {
      ...sharedCompilation,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(join(this.folder, "state")).href,
      PULUMI_CONFIG_PASSPHRASE: "engine test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PATH: [...programs, dirname(process.execPath), process.env["PATH"]].join(delimiter),
      ...environment(this.folder),
    };
  }

  /** Folder of the program. */
  get program(): string {
    return join(this.folder, "program");
  }

  /** Changes the text of a file of the program. */
  edit(change: (text: string) => string, file = "Pulumi.yaml"): void {
    const path = join(this.program, file);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }

  /** Runs a command in the program's folder. */
  async run(command: string, ...args: string[]): Promise<void> {
    await promisify(execFile)(command, args, { cwd: this.program, env: { ...process.env, ...this.environment } });
  }

  /** Runs Pulumi in the program's folder. */
  pulumi(args: string[]): Promise<{ code: number; output: string }> {
    return new Promise((done) => {
      const child = execFile(
        "pulumi",
        ["--non-interactive", "--color", "never", ...args],
        { cwd: this.program, env: { ...process.env, ...this.environment }, maxBuffer: 64 << 20 },
        (error, stdout, stderr) => done({ code: error ? Number(child.exitCode ?? 1) : 0, output: stdout + stderr }),
      );
    });
  }

  /** Runs Pulumi, which must succeed. */
  async must(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(args);
    if (code !== 0) throw new Error(`pulumi ${args[0]} ended with ${code}:\n${output.slice(-6000)}`);
    return output;
  }

  /** Makes the stack, with the kubeconfig as a secret: YAML, as kubectl writes it. JSON would be an object in YAML. */
  async init(kubeconfig: string): Promise<void> {
    await this.must("stack", "init", "east");
    await this.must("config", "set", "--secret", "kubeconfig", "--", stringify(parse(kubeconfig)));
  }

  /** What a preview would change, sorted. Nothing else is in it: no default provider, no stack. */
  async changes(): Promise<Step[]> {
    const output = await this.must("preview", "--json");
    const { steps } = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as {
      steps: { op: string; urn: string }[];
    };
    return steps
      .filter(({ op, urn }) => op !== "same" && !urn.includes("pulumi:pulumi:Stack"))
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
      .sort();
  }

  /** The resources of the stack. */
  async resources(): Promise<any[]> {
    return JSON.parse(await this.must("stack", "export")).deployment.resources;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Programs in YAML are checked by the schemas of the packages that they use, and the stand-in of the kubernetes
   * plugin has none. The host keeps schemas beside the plugins, by this name; this one has what the tests use.
   */
  private writeKubernetesSchema(): void {
    if (process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"]) return;
    const version = pinned.plugins.kubernetes;
    const metadata = { $ref: "pulumi.json#/Any" };
    const schema = {
      name: "kubernetes",
      version,
      provider: { inputProperties: { kubeconfig: { type: "string" } } },
      resources: { "kubernetes:core/v1:Namespace": { inputProperties: { metadata }, properties: { metadata } } },
    };
    const file = join(this.folder, "home", "plugins", `schema-kubernetes-${version}-.json`);
    writeFileSync(file, JSON.stringify(schema));
  }
}
