import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "pulumi-helm-";
/** Age from which files of a dead process are removed, in milliseconds. */
const abandonedAfter = 60_000;

/** One call of Helm. */
export interface HelmCall {
  args: string[];
  /** Files that Helm reads, by their names in `args` as `@name`: they may hold secrets, so they are no arguments. */
  files?: Record<string, string>;
  /** Text of a kubeconfig, when Helm is to talk to the cluster. */
  kubeconfig?: string;
  /** More variables for Helm, such as the provider's `helmEnvironment`. */
  environment?: Record<string, string>;
  /** Gets Helm's standard error output after a success. */
  note?(text: string): void;
  signal: AbortSignal;
}

/**
 * Runs the Helm program that MESH_FEDERATION_HELM names, and returns what it prints.
 *
 * @throws with Helm's error message
 */
export async function helm({
  args,
  files = {},
  kubeconfig,
  environment = {},
  note = () => undefined,
  signal,
}: HelmCall): Promise<string> {
  const program = process.env["MESH_FEDERATION_HELM"];
  if (!program)
    throw new Error(
      "the stand-in kubernetes plugin needs Helm for charts and releases: set " +
        "MESH_FEDERATION_HELM to the path of a helm program (version 3)",
    );
  signal.throwIfAborted();
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  try {
    const write = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const paths = Object.fromEntries(Object.entries(files).map(([name, text]) => [`@${name}`, write(name, text)]));
    const access: Record<string, string> =
      kubeconfig === undefined ? {} : { KUBECONFIG: write("kubeconfig", kubeconfig) };
    return await run(
      program,
      args.map((arg) => paths[arg] ?? arg),
      { ...environment, ...access },
      note,
      signal,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Removes the files, which may hold secrets, of plugins that were killed while Helm ran. Those it cannot remove stay.
 */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const path = join(tmpdir(), name);
    const pid = Number(/^\d+/.exec(name.slice(prefix.length))?.[0]);
    try {
      // A process of another container may seem dead; Helm reads its files in its first seconds.
      if (pid && !isAlive(pid) && Date.now() - statSync(path).mtimeMs > abandonedAfter)
        rmSync(path, { recursive: true, force: true });
    } catch {
      // It belongs to another user, or is removed already.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function run(
  program: string,
  args: string[],
  environment: Record<string, string>,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    // Interrupted, Helm undoes an atomic operation, for which a plugin whose engine is gone has no time.
    const stop = (): void => void child.kill("SIGKILL");
    signal.addEventListener("abort", stop, { once: true });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
    child.on("error", (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
    child.on("close", (code) => {
      signal.removeEventListener("abort", stop);
      if (code === 0) {
        note(output.stderr);
        return resolve(output.stdout);
      }
      reject(
        new Error(
          signal.aborted
            ? "helm was stopped, because the operation was cancelled"
            : output.stderr.trim().replace(/^Error: /gm, "") || `helm ended with exit code ${code}`,
        ),
      );
    });
  });
}
