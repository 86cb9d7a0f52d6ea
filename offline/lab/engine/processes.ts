import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf, isAlive, type ProcessIdentity } from "../../../tools/processes.ts";

/** Current children of a process. */
export function childrenOf(parent: ProcessIdentity): ProcessIdentity[] {
  if (!isAlive(parent)) return [];
  return pids(read(`/proc/${parent.pid}/task/${parent.pid}/children`));
}

/**
 * Every process whose network namespace is the one mounted at the file `netns`, except this one and its ancestors.
 * Processes of containers have namespaces of their own and are not included.
 */
export function processesInNamespace(netns: string): ProcessIdentity[] {
  const wanted = inodeOf(netns);
  if (wanted === undefined) return [];
  const own = withAncestors(process.pid);
  return readdirSync("/proc")
    .filter(
      (name) => /^\d+$/.test(name) && !own.has(Number(name)) && namespaceOf(Number(name), "net") === `net:[${wanted}]`,
    )
    .flatMap((name) => identityOf(Number(name)) ?? []);
}

/** The process namespace of a process, as text to compare. Undefined when the process ended. */
export function processNamespaceOf(pid: number): string | undefined {
  return namespaceOf(pid, "pid");
}

/** Every process in a control group of version 1 or 2, without those of groups below it. */
export function processesInGroup(dir: string): ProcessIdentity[] {
  return pids(read(`${dir}/cgroup.procs`));
}

/**
 * Ends processes: with SIGTERM, then with SIGKILL after `timeout` milliseconds (0: at once). Each process is identified
 * again before each signal, so another process with the same pid gets none.
 *
 * @throws when one still runs 10 s after SIGKILL
 */
export async function endProcesses(targets: ProcessIdentity[], timeout: number): Promise<void> {
  if (timeout > 0) {
    signal(targets, "SIGTERM");
    if (await haveEnded(targets, timeout)) return;
  }
  signal(targets, "SIGKILL");
  if (await haveEnded(targets, 10_000)) return;
  const left = targets.filter(isAlive).map((target) => target.pid);
  throw new Error(
    `process ${left.join(", ")} of the lab does not end after SIGKILL. ` +
      `Find out why (ps -o pid,stat,wchan:32,args -p ${left.join(",")}) and retry`,
  );
}

function signal(targets: ProcessIdentity[], name: NodeJS.Signals): void {
  for (const target of targets.filter(isAlive)) {
    try {
      process.kill(target.pid, name);
    } catch {
      // It ended meanwhile.
    }
  }
}

async function haveEnded(targets: ProcessIdentity[], timeout: number): Promise<boolean> {
  for (const until = Date.now() + timeout; targets.some(isAlive); await sleep(20)) {
    if (Date.now() > until) return false;
  }
  return true;
}

function withAncestors(pid: number): Set<number> {
  const seen = new Set<number>();
  for (let next = pid; next > 0 && !seen.has(next);) {
    seen.add(next);
    const stat = read(`/proc/${next}/stat`);
    // The name in parentheses may hold spaces; state and parent follow it (proc(5)).
    next = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
  }
  return seen;
}

function pids(text: string): ProcessIdentity[] {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((pid) => identityOf(Number(pid)) ?? []);
}

function namespaceOf(pid: number, kind: "net" | "pid"): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
