import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";

/** Options of {@link run}. */
export interface RunOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Text for its standard input. */
  input?: string;
  /** File that gets everything it prints. */
  logFile?: string;
}

const running = new Set<number>();
let hooked = false;

/** Children stop with us: they lead process groups of their own, so their children stop too. */
function stopWithUs(): void {
  if (hooked) return;
  hooked = true;
  const stop = () => running.forEach((pid) => signalGroup(pid, "SIGKILL"));
  process.on("exit", stop);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      stop();
      process.exit(128 + 15);
    });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

/**
 * Runs a command and returns its standard output.
 * Rejects with the command, its exit code and the last lines it printed.
 */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  stopWithUs();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid) running.add(child.pid);
    const log = options.logFile ? createWriteStream(options.logFile, { flags: "a" }) : undefined;
    log?.write(`$ ${command} ${args.join(" ")}\n`);
    let stdout = "";
    let tail = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      tail = (tail + text).slice(-4000);
      log?.write(text);
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      tail = (tail + text).slice(-4000);
      log?.write(text);
    });
    if (options.input !== undefined) child.stdin!.on("error", () => undefined).end(options.input);
    child.on("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (child.pid) running.delete(child.pid);
      log?.end();
      if (code === 0) return resolve(stdout);
      const last = tail.trimEnd().split("\n").slice(-12).join("\n  ");
      reject(new Error(`${command} ${args.slice(0, 3).join(" ")} ended with ${signal ?? `exit code ${code}`}:\n  ${last}${options.logFile ? `\n  whole output: ${options.logFile}` : ""}`));
    });
  });
}
