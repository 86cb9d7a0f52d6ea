import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Names one process for good: a pid alone may be given to another process later. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, as text to compare: clock ticks since boot on Linux, else what `ps` says. */
  start: string;
}

/** Identity of a running process, or undefined when there is none of that pid (a zombie counts as none). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  if (process.platform !== "linux") return identityByPs(pid);
  const fields = statOf(pid);
  return !fields || fields[0] === "Z" ? undefined : { pid, start: fields[startField] ?? "" };
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

/** Program name and start, in milliseconds since the epoch (good to some seconds), of a running process. */
export function describeProcess(pid: number): { name: string; started: number } | undefined {
  const identity = identityOf(pid);
  if (!identity) return undefined;
  if (process.platform !== "linux")
    return { name: ps(pid, "comm").split("/").at(-1)!, started: Date.parse(identity.start) };
  try {
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    return {
      name: readFileSync(`/proc/${pid}/comm`, "utf8").trim(),
      started: (boot + Number(identity.start) / ticksPerSecond) * 1000,
    };
  } catch {
    return undefined; // it ended meanwhile
  }
}

/** The identity where there is no /proc. */
export function identityByPs(pid: number): ProcessIdentity | undefined {
  const [state = "", ...start] = ps(pid, "state", "lstart").split(/\s+/);
  return state === "" || state.startsWith("Z") ? undefined : { pid, start: start.join(" ") };
}

/** USER_HZ, which Linux shows in /proc as 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** Index of the start time among the fields after the command name (proc(5): field 22). */
const startField = 19;

function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name stands in parentheses and may hold spaces; the fields after it do not.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/**
 * Fields of a process, without headings; empty when there is none of that pid. An option for each field: in
 * `state=,lstart=` all that follows the first `=` is a heading to the ps of macOS, as POSIX has it.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ps.html
 */
function ps(pid: number, ...fields: string[]): string {
  try {
    return execFileSync("ps", [...fields.flatMap((field) => ["-o", `${field}=`]), "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}
