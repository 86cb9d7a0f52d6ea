import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { statOf, type ProcessStat } from "../support/processes.ts";

/** What a command cost. */
export interface Cost {
  /** By the clock. */
  seconds: number;
  /** Processor time of the command and all processes that it started, in seconds. */
  processor: number;
  /** Most memory of them together at one moment, in megabytes. Pages that two of them share count twice. */
  megabytes: number;
}

/** How often the processes are looked at, in milliseconds. What one costs after its last look is missed. */
const interval = 20;

/**
 * Runs a command and measures its whole process tree.
 * @param allowed exit codes that are no failure
 * @throws when it ends with another code; the message has its output
 */
export async function measured(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env, allowed = [0] }: { cwd?: string; env?: Record<string, string>; allowed?: number[] } = {},
): Promise<Cost> {
  const started = performance.now();
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const tree = new ProcessTree(child.pid!);
  const timer = setInterval(() => tree.look(), interval);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((done, fail) => child.on("error", fail).on("close", done));
  clearInterval(timer);
  if (!allowed.includes(code ?? -1))
    throw new Error(`${program} ended with exit code ${code}:\n${output.slice(-4000)}`);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, processor: tree.processor, megabytes: tree.megabytes };
}

/** A process and all that it has started, also those that have outlived it. */
class ProcessTree {
  megabytes = 0;
  /** Processor time at the last look, in seconds, by process. */
  private readonly spent = new Map<number, number>();

  constructor(root: number) {
    this.spent.set(root, 0);
  }

  /** Seconds. */
  get processor(): number {
    return [...this.spent.values()].reduce((sum, own) => sum + own, 0);
  }

  look(): void {
    let kilobytes = 0;
    for (const { pid, parent, processor, kilobytes: own } of processes()) {
      if (!this.spent.has(pid) && !this.spent.has(parent)) continue;
      this.spent.set(pid, processor);
      kilobytes += own;
    }
    this.megabytes = Math.max(this.megabytes, kilobytes / 1024);
  }
}

/** All processes; a parent comes before its children, unless numbers have started again from the smallest. */
function processes(): (ProcessStat & { pid: number })[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((pid) => {
      const stat = statOf(pid);
      return stat ? [{ pid, ...stat }] : [];
    });
}
