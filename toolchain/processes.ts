import { readFileSync } from "node:fs";

/** Names one process for good: a pid alone may be given to another process later. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since boot; empty where the system does not tell. */
  start: string;
}

/** Identity of a running process, or undefined when there is none of that pid (a zombie counts as none). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  if (process.platform !== "linux") return aliveBySignal(pid) ? { pid, start: "" } : undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name stands in parentheses and may hold spaces; the fields after it do not.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : { pid, start: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

/** Whether exactly that process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== undefined && (identity.start === "" || now.start === identity.start);
}

/** Identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, start: "" };
}

function aliveBySignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
