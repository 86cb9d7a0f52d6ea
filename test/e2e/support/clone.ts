import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..", "..", "..");

/** Output and exit code of a command. */
export interface Finished {
  code: number;
  output: string;
  seconds: number;
}

/**
 * A copy of the working tree as a git repository without changes. It has its own lab, state and passphrase, so a
 * developer's running lab is not affected.
 */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), "mesh-federation-"));

  constructor() {
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
      cwd: repository,
      encoding: "utf8",
    })
      .split("\0")
      .filter(Boolean);
    for (const file of files) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(repository, file), join(this.folder, file));
    }
    symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"));
    this.git("init", "--quiet");
    this.git("add", "--all");
    this.git("-c", "user.name=test", "-c", "user.email=test@example.invalid", "commit", "--quiet", "--message", "copy");
  }

  /** Runs git in the clone and returns what it prints. */
  git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.folder, encoding: "utf8" });
  }

  /** Starts a script of package.json with `npm run`, in its own process group. */
  start(script: string, args: string[] = [], env: Record<string, string> = {}, input = "") {
    const argv = ["run", "--silent", script, ...(args.length > 0 ? ["--", ...args] : [])];
    const child = spawn("npm", argv, {
      cwd: this.folder,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => undefined).end(input);
    return child;
  }

  /** Runs a script of package.json and shows its output, unless `quiet`: for output with secrets. */
  async run(
    script: string,
    args: string[] = [],
    env: Record<string, string> = {},
    quiet = false,
    input = "",
  ): Promise<Finished> {
    const started = Date.now();
    const child = this.start(script, args, env, input);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (!quiet) process.stderr.write(text);
      });
    const code = await new Promise<number | null>((done, fail) => child.on("error", fail).on("close", done));
    return { code: code ?? -1, output, seconds: (Date.now() - started) / 1000 };
  }

  /** Runs a script that must succeed. Throws an error with its output. */
  async must(
    script: string,
    args: string[] = [],
    env: Record<string, string> = {},
    quiet = false,
    input = "",
  ): Promise<Finished> {
    const finished = await this.run(script, args, env, quiet, input);
    if (finished.code !== 0)
      throw new Error(
        `npm run ${script} ${args.join(" ")} exited with code ${finished.code}:\n` +
          (quiet ? "(output not shown)" : finished.output.slice(-6000)),
      );
    return finished;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The JSON object that a script printed, after any lines before it. */
export function jsonIn<T>(output: string): T {
  const start = output.startsWith("{") ? 0 : output.indexOf("\n{");
  if (start < 0) throw new Error(`no JSON object in:\n${output.slice(-2000)}`);
  return JSON.parse(output.slice(start)) as T;
}
