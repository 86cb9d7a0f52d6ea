import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Process {
  pid: number;
  /** Program and arguments. */
  command: string;
  /** Whether it still runs; a zombie does not. */
  alive(): boolean;
}

/**
 * Commands of an engine's child processes that still run ten seconds after the engine ended. The language host takes
 * longer to notice the end and is killed here.
 */
export async function outliving(family: Process[]): Promise<string[]> {
  const [hosts, others] = [
    family.filter((p) => p.command.includes("language-nodejs")),
    family.filter((p) => !p.command.includes("language-nodejs")),
  ];
  for (let tries = 0; others.some((p) => p.alive()) && tries < 100; tries++) await sleep(100);
  for (const host of hosts) if (host.alive()) process.kill(host.pid, "SIGKILL");
  return others.filter((p) => p.alive()).map((p) => p.command);
}

/** All processes under a process, at any depth. */
export function childrenOf(pid: number): Process[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const parent = /^\d+$/.test(entry) ? statOf(Number(entry))?.parent : undefined;
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const under = (parent: number): number[] =>
    [...parents].filter(([, p]) => p === parent).flatMap(([child]) => [child, ...under(child)]);
  return under(pid).map((child) => ({
    pid: child,
    command: commandOf(child),
    alive: () => !["Z", undefined].includes(statOf(child)?.state),
  }));
}

/** What the kernel knows of a process. */
export interface ProcessStat {
  /** Of `ps`, such as `Z`. */
  state: string;
  parent: number;
  /** Processor time in seconds. */
  processor: number;
  /** Memory in use, in kilobytes. */
  kilobytes: number;
}

/** Of the kernel: ticks per second, and kilobytes of a page. */
const [ticks, page] = [100, 4];

/** Undefined where the process is gone. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function statOf(pid: number): ProcessStat | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    const [parent, user, system, pages] = [1, 11, 12, 21].map((i) => Number(fields[i])) as [
      number,
      number,
      number,
      number,
    ];
    return { state: fields[0]!, parent, processor: (user + system) / ticks, kilobytes: pages * page };
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
