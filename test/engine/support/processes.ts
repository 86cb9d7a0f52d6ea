import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  pid: number;
  /** Program and arguments. */
  command: string;
  /** Whether it still runs; a zombie does not. */
  alive(): boolean;
}

/** All processes under a process, at any depth. */
export function childrenOf(pid: number): Process[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const parent = /^\d+$/.test(entry) ? statOf(Number(entry))?.parent : undefined;
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const under = (parent: number): number[] => [...parents].filter(([, p]) => p === parent).flatMap(([child]) => [child, ...under(child)]);
  return under(pid).map((child) => ({ pid: child, command: commandOf(child), alive: () => !["Z", undefined].includes(statOf(child)?.state) }));
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return { state: state!, parent: Number(parent) };
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
