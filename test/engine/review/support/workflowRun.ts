import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { testProgram } from "../../support/testProgram.ts";

const root = resolve(import.meta.dirname, "..", "..", "..", "..");
const runner = join(import.meta.dirname, "runner");

/** A command that a job ran, and the variables it saw of those that matter. */
export interface Command {
  job: string;
  command: string;
  env: Record<string, string>;
}

/** How a run of a workflow went. */
export interface WorkflowRun {
  passed: boolean;
  /** Jobs as they ended, in this order; those of a matrix as often as they ran. */
  jobs: string[];
  commands: Command[];
  /** The comment that was written; undefined where none was. */
  comment?: string;
  log: string;
}

/** What a run begins with. */
export interface Trigger {
  workflow: string;
  event: string;
  payload: Record<string, unknown>;
  /** Shell commands that stand for npm; `$1` holds all its arguments. */
  npm: string;
  actor?: string;
}

/** Variables and secrets that the environments of the workflows have. */
export const variables = { PULUMI_BACKEND_URL: "s3://states", BACKEND_AWS_REGION: "region-1" };
export const secrets = {
  PULUMI_ACCESS_TOKEN: "access-token",
  PULUMI_CONFIG_PASSPHRASE: "pass-phrase",
  PREVIEW_CONFIG_PASSPHRASE: "preview-phrase",
  KUBECONFIGS: '{"east":"kubeconfig-of-east"}',
  BACKEND_AWS_ACCESS_KEY_ID: "key-id",
  BACKEND_AWS_SECRET_ACCESS_KEY: "secret-key",
  GITHUB_TOKEN: "github-token",
};

/**
 * A repository with the workflows of this one, on which they run, on this machine, with stand-ins for actions, npm and
 * gh.
 */
export class WorkflowRepository {
  readonly folder = mkdtempSync(join(tmpdir(), "workflows-"));
  private readonly origin = join(this.folder, "origin");
  private readonly program = testProgram("act");
  readonly before: string;

  constructor() {
    const workflows = join(this.origin, ".github", "workflows");
    cpSync(join(root, ".github", "workflows"), workflows, { recursive: true });
    // The runner has no concurrency, and refuses a key of it that is younger than its schema.
    for (const file of readdirSync(workflows))
      writeFileSync(
        join(workflows, file),
        readFileSync(join(workflows, file), "utf8").replace(/^ {2}queue: max\n/m, ""),
      );
    this.write("package-lock.json", "{}");
    this.git("init", "--quiet", "--initial-branch", "main");
    this.git("remote", "add", "origin", "https://github.com/o/r.git");
    this.commit("base", { "stacks/Pulumi.east.yaml": "east", "stacks/Pulumi.north.yaml": "north" });
    this.before = this.git("rev-parse", "HEAD");
    this.git("checkout", "--quiet", "-b", "change");
    this.commit("without north", { "stacks/Pulumi.north.yaml": undefined });
    this.git("checkout", "--quiet", "main");
    this.git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.invalid",
      "merge",
      "--quiet",
      "--no-ff",
      "--message",
      "merge",
      "change",
    );
    this.git("update-ref", "refs/pull/7/merge", "HEAD");
  }

  /** Runs one workflow as the event starts it. */
  run({ workflow, event, payload, npm, actor = "somebody" }: Trigger): WorkflowRun {
    const files = Object.fromEntries(
      ["artifacts", "home", "trace", "answer", "event.json"].map((name) => [name, join(this.folder, name)]),
    ) as Record<string, string>;
    for (const name of ["artifacts", "home"]) {
      rmSync(files[name]!, { recursive: true, force: true });
      mkdirSync(files[name]!);
    }
    writeFileSync(files["trace"]!, "");
    writeFileSync(files["answer"]!, npm);
    writeFileSync(
      files["event.json"]!,
      JSON.stringify({
        repository: { full_name: "o/r", name: "r", owner: { login: "o" }, default_branch: "main" },
        ...payload,
      }),
    );
    const pairs = (option: string, values: Record<string, string>): string[] =>
      Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
    const tools = join(runner, "bin");
    const args = [
      event,
      "--eventpath",
      files["event.json"]!,
      "--workflows",
      `.github/workflows/${workflow}`,
      "--actor",
      actor,
      "--defaultbranch",
      "main",
      "--json",
      "--platform",
      "ubuntu-24.04=-self-hosted",
      "--no-cache-server",
      "--no-skip-checkout",
      "--action-offline-mode",
      ...this.actions(workflow).flatMap((pin) => [
        "--local-repository",
        `${pin}=${join(runner, "actions", /\/([a-z-]+)@/.exec(pin)![1]!)}`,
      ]),
      ...pairs("--env", {
        ORIGIN: this.origin,
        TRACE: files["trace"]!,
        ARTIFACTS: files["artifacts"]!,
        ANSWER: files["answer"]!,
        TOOLS: tools,
      }),
      ...pairs("--var", variables),
      ...pairs("--secret", secrets),
    ];
    const path = [tools, dirname(process.execPath), process.env["PATH"]].join(":");
    const done = spawnSync(this.program, args, {
      cwd: this.origin,
      env: { PATH: path, HOME: files["home"]! },
      encoding: "utf8",
      input: "",
    });
    const lines = done.stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { jobID?: string; jobResult?: string });
    const comment = join(files["artifacts"]!, "comment");
    return {
      passed: done.status === 0,
      jobs: lines.flatMap((l) => (l.jobID && l.jobResult ? [`${l.jobID}: ${l.jobResult}`] : [])),
      commands: readFileSync(files["trace"]!, "utf8").split("\n").filter(Boolean).map(commandOf),
      ...(existsSync(comment) ? { comment: readFileSync(comment, "utf8") } : {}),
      log: `${done.stdout}\n${done.stderr}`,
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The actions of a workflow, as they are pinned. */
  private actions(workflow: string): string[] {
    const { jobs } = parse(readFileSync(join(this.origin, ".github", "workflows", workflow), "utf8"));
    return [
      ...new Set(
        Object.values<any>(jobs).flatMap(({ steps }) =>
          steps.flatMap((step: { uses?: string }) => step.uses ?? []),
        ) as string[],
      ),
    ];
  }

  private write(file: string, text: string | undefined): void {
    const path = join(this.origin, file);
    if (text === undefined) return rmSync(path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  private commit(message: string, files: Record<string, string | undefined>): void {
    for (const [file, text] of Object.entries(files)) this.write(file, text);
    this.git("add", "--all");
    this.git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.invalid",
      "commit",
      "--quiet",
      "--message",
      message,
    );
  }

  private git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.origin, encoding: "utf8" }).trim();
  }
}

function commandOf(line: string): Command {
  const [job, command, env] = line.split("\t");
  return {
    job: job!,
    command: command!,
    env: Object.fromEntries(
      env!
        .split(" ")
        .filter(Boolean)
        .map((pair) => pair.split(/=(.*)/s, 2) as [string, string]),
    ),
  };
}
