import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { constants } from "node:os";

/** Options of {@link run}. */
export interface RunOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Text for its standard input. */
  input?: string;
  /** File that gets everything it prints. */
  logFile?: string;
  /** Whether it is killed, where the system can do so, when this process is: its work is of no use to the next. */
  killWithParent?: boolean;
}

/** Leaders of the process groups that stop with us, at once. */
const running = new Set<number>();
/** Children that stop with us, but must be let finish. */
const finishing = new Set<ChildProcess>();
/** What is to be done before we stop by a signal. */
const undone = new Set<() => Promise<unknown>>();
let hooked = false;

function stopWithUs(): void {
  if (hooked) return;
  hooked = true;
  const stop = (): void => running.forEach((pid) => signalGroup(pid, "SIGKILL"));
  process.on("exit", () => {
    stop();
    finishing.forEach((child) => child.kill("SIGINT"));
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      stop();
      // A terminal sends its SIGINT to the child as well; a second one would stop it at once.
      if (signal !== "SIGINT") finishing.forEach((child) => child.kill("SIGINT"));
      const ended = [...finishing].map((child) => new Promise((resolve) => child.once("close", resolve)));
      void Promise.allSettled([...ended, ...[...undone].map((task) => task())]).then(() =>
        process.exit(128 + constants.signals[signal]),
      );
    });
}

/**
 * Has something done before a signal ends this process, and until then waits for it; no more once the answer is called.
 */
export function beforeStopping(task: () => Promise<unknown>): () => void {
  stopWithUs();
  undone.add(task);
  return () => void undone.delete(task);
}

/**
 * A child that is asked to stop, by SIGINT, when this process is, and waited for: Pulumi, which then ends what is under
 * way, writes its state and gives its lock back.
 */
export function waitOnInterrupt(child: ChildProcess): void {
  stopWithUs();
  finishing.add(child);
  child.once("close", () => finishing.delete(child));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

let canDie: boolean | undefined;

/**
 * The argv of a program that the kernel kills when this process ends (PR_SET_PDEATHSIG), where there is such a thing.
 */
function dying(argv: string[]): string[] {
  canDie ??= process.platform === "linux" && String(spawnSync("setpriv", ["--help"]).stdout).includes("--pdeathsig");
  return canDie ? ["setpriv", "--pdeathsig", "KILL", ...argv] : argv;
}

/**
 * Runs a command and returns its standard output. It leads a process group of its own, which is killed when this
 * process ends or is stopped. Rejects with the command, its exit code and the last lines it printed.
 */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  stopWithUs();
  return new Promise((resolve, reject) => {
    const [program, ...rest] = options.killWithParent ? dying([command, ...args]) : [command, ...args];
    const child = spawn(program!, rest, {
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
      const settle = (): void => {
        if (code === 0) return resolve(stdout);
        const last = tail.trimEnd().split("\n").slice(-12).join("\n  ");
        reject(
          new Error(
            `${command} ${args.slice(0, 3).join(" ")} ended with ${signal ?? `exit code ${code}`}:\n  ${last}` +
              (options.logFile ? `\n  whole output: ${options.logFile}` : ""),
          ),
        );
      };
      // The log is complete before the error, because the message names it.
      if (log) log.end(settle);
      else settle();
    });
  });
}
