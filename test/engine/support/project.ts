import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { installTestPlugins, sharedCompilation } from "./plugins.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** Result of an engine run. */
export interface Run {
  code: number | null;
  /** Its output, without colors. */
  output: string;
  /** Its steps as `name: operation`, sorted, without unchanged resources, default providers and the stack. */
  steps: string[];
  /** Changed properties by resource name, as in the plugin's diff, such as `data.a: update`. */
  diffs: Record<string, string[]>;
  seconds: number;
}

export interface ResourceState {
  urn: string;
  id: string;
  type: string;
  inputs: any;
  outputs: any;
  initErrors?: string[];
  [key: string]: any;
}

/** A Pulumi project with one stack, its own backend and its own home, in a temporary folder. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "mesh-federation-project-"));
  private readonly kubeconfig: string;
  private readonly extra: Record<string, string>;

  /** `kubeconfig`: text for the programs' provider. */
  constructor(kubeconfig = "", environment: Record<string, string> = {}) {
    this.kubeconfig = kubeconfig;
    this.extra = environment;
    mkdirSync(join(this.folder, "state"));
    const home = join(this.folder, "home");
    mkdirSync(home);
    installTestPlugins(home);
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ type: "module", main: "index.js" }));
    writeFileSync(
      join(this.folder, "Pulumi.yaml"),
      JSON.stringify({
        name: "conformance",
        runtime: { name: "nodejs", options: { typescript: false, packagemanager: "npm" } },
      }),
    );
  }

  /**
   * Writes the program: imports of the packages that `body` names, `provider` and `opts` (with the provider), then
   * `body`. `providerArgs`: more arguments of the provider, as program text.
   */
  write(body: string, providerArgs = ""): void {
    const imports = ["command", "k8s", "tls"]
      .filter((name) => name === "k8s" || body.includes(`${name}.`))
      .map((name) => `import * as ${name} from "@pulumi/${name === "k8s" ? "kubernetes" : name}";`);
    const needsCluster = this.kubeconfig !== "";
    const provider = [
      `const provider = new k8s.Provider("east", {`,
      `  kubeconfig: pulumi.secret(process.env.TEST_KUBECONFIG), clusterIdentifier: "east",`,
      `  enableServerSideApply: true, enableSecretMutable: true, ${providerArgs}`,
      `});`,
      `const opts = { provider };`,
    ].join("\n");
    const text = [
      `import * as pulumi from "@pulumi/pulumi";`,
      ...imports.filter((line) => needsCluster || !line.includes("k8s")),
      needsCluster ? provider : "",
      body,
    ].join("\n");
    writeFileSync(join(this.folder, "index.js"), text);
  }

  /** Runs the program, or the given one. Throws when the engine fails. */
  async up(body?: string, providerArgs?: string): Promise<Run> {
    if (body !== undefined) this.write(body, providerArgs);
    return mustSucceed(await this.run("up", ["--yes", "--skip-preview"]));
  }

  /** Runs `up`, which must fail. */
  async failingUp(body?: string, providerArgs?: string): Promise<Run> {
    if (body !== undefined) this.write(body, providerArgs);
    const run = await this.run("up", ["--yes", "--skip-preview"]);
    if (run.code === 0) throw new Error(`this run should have failed:\n${run.output}`);
    return run;
  }

  async preview(body?: string, providerArgs?: string): Promise<Run> {
    if (body !== undefined) this.write(body, providerArgs);
    return mustSucceed(await this.run("preview"));
  }

  async refresh(): Promise<Run> {
    return mustSucceed(await this.run("refresh", ["--yes", "--skip-preview"]));
  }

  /** Deletes everything. Throws when the engine fails. */
  async destroy(): Promise<Run> {
    return mustSucceed(await this.run("destroy", ["--yes", "--skip-preview"]));
  }

  /** Removes the lock of a killed engine. */
  async cancel(): Promise<void> {
    const code = await this.spawn(["cancel", "--yes", "--stack", "s"]).ended;
    if (code !== 0) throw new Error(`pulumi cancel ended with exit code ${code}`);
  }

  /** Runs any operation of the engine. */
  async run(operation: string, args: string[] = [], environment: Record<string, string> = {}): Promise<Run> {
    const log = join(this.folder, "events.json");
    rmSync(log, { force: true });
    const started = Date.now();
    const { child, ended } = this.spawn([operation, ...args, "--stack", "s", "--event-log", log], environment);
    let output = "";
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const code = await ended;
    return { code, output, ...eventsOf(log), seconds: (Date.now() - started) / 1000 };
  }

  /** Starts the engine and does not wait for it. */
  spawn(
    args: string[],
    environment: Record<string, string> = {},
  ): { child: ChildProcess; ended: Promise<number | null> } {
    if (!existsSync(this.stateFile)) this.writeEmptyStack();
    const bin = required("MESH_FEDERATION_TEST_PULUMI");
    const child = spawn(join(bin, "pulumi"), [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      env: {
        ...process.env,
        PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter),
        PULUMI_HOME: join(this.folder, "home"),
        PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DEBUG_COMMANDS: "true",
        // Tests do not need a copy of the state per step.
        PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
        ...sharedCompilation,
        TEST_KUBECONFIG: this.kubeconfig,
        ...this.extra,
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, ended: new Promise((resolve, reject) => child.on("error", reject).on("close", resolve)) };
  }

  private get stateFile(): string {
    return join(this.folder, "state", ".pulumi", "stacks", "conformance", "s.json");
  }

  /** Text of the state file. */
  stateText(): string {
    return readFileSync(this.stateFile, "utf8");
  }

  /** The resources in the state, by logical name. */
  state(): Record<string, ResourceState> {
    const resources = (JSON.parse(this.stateText()).checkpoint.latest?.resources ?? []) as ResourceState[];
    return Object.fromEntries(resources.filter((r) => !r["delete"]).map((r) => [nameOf(r.urn), r]));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes what `pulumi stack init` writes, without running it. */
  private writeEmptyStack(): void {
    mkdirSync(dirname(this.stateFile), { recursive: true });
    mkdirSync(join(this.folder, "state", ".pulumi"), { recursive: true });
    writeFileSync(join(this.folder, "state", ".pulumi", "meta.yaml"), "version: 1\n");
    writeFileSync(
      this.stateFile,
      JSON.stringify({ version: 3, checkpoint: { stack: "organization/conformance/s", latest: null } }),
    );
  }
}

function mustSucceed(run: Run): Run {
  if (run.code !== 0) throw new Error(`pulumi ended with exit code ${run.code}:\n${run.output}`);
  return run;
}

function eventsOf(file: string): Pick<Run, "steps" | "diffs"> {
  const events = existsSync(file)
    ? readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  const of = (kind: string): any[] =>
    events
      .flatMap((event) => (event[kind] ? [event[kind].metadata] : []))
      .filter(
        (m) =>
          !["same", "refresh"].includes(m.op) &&
          m.type !== "pulumi:pulumi:Stack" &&
          !/^default(_|$)/.test(nameOf(m.urn)),
      );
  const metadata = of("resourcePreEvent");
  // Only the result of a refresh shows what changed.
  const refreshed = of("resOutputsEvent").filter((m) => !metadata.some((n) => n.urn === m.urn));
  const all = [...metadata, ...refreshed];
  const diffs: Record<string, string[]> = {};
  for (const m of all)
    if (m.detailedDiff)
      diffs[nameOf(m.urn)] = Object.entries(m.detailedDiff)
        .map(([path, d]) => `${path}: ${(d as any).diffKind}`)
        .sort();
  return { steps: all.map((m) => `${nameOf(m.urn)}: ${m.op}`).sort(), diffs };
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function required(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run these tests with \`npm run test:engine\`, which sets it`);
  return value;
}
