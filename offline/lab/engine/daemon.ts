import { spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf, isAlive, type ProcessIdentity } from "../../../tools/processes.ts";
import type { LabPaths } from "../paths.ts";
import { answers } from "./dockerApi.ts";
import { childrenOf, endProcesses } from "./processes.ts";
import { containerdSettings, dockerdSettings, runtimePath } from "./settings.ts";

const INIT = join(import.meta.dirname, "init.sh");

/** Time until a started engine answers, in milliseconds. With many containers it takes seconds. */
const START_TIMEOUT = 60_000;

/**
 * Starts an engine and waits until it answers. Its processes have a process and a mount namespace of their own: when
 * the first of them ends, all end, shims and containers too, and no mount is left on the machine. The engine outlives
 * this process.
 *
 * @param enter argv prefix that runs a program in the engine's network namespace
 * @param runtime the OCI runtime `bounded`
 * @throws when it ends or does not answer in time, with the end of its log
 */
export async function startDaemon(paths: LabPaths, enter: string[], runtime: string): Promise<ProcessIdentity> {
  // No earlier engine runs: its files under /run are stale.
  rmSync(paths.run, { recursive: true, force: true });
  mkdirSync(paths.run, { recursive: true, mode: 0o700 });
  mkdirSync(paths.engine, { recursive: true });
  writeFileSync(join(paths.engine, "dockerd.json"), JSON.stringify(dockerdSettings(paths), undefined, 2));
  writeFileSync(join(paths.engine, "containerd.toml"), containerdSettings(paths));
  rmSync(runtimePath(paths), { force: true }); // the file of a program that may be running
  copyFileSync(runtime, runtimePath(paths));
  chmodSync(runtimePath(paths), 0o755);

  const isolated = [
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "bash",
    INIT,
    paths.run,
    paths.engine,
  ];
  const [command, ...args] = [...enter, ...isolated];
  const log = openSync(paths.log, "w");
  const child = spawn(command!, args, { detached: true, stdio: ["ignore", log, log], cwd: "/", env: environment() });
  closeSync(log);
  const failure = new Promise<never>((_, reject) => child.once("error", reject));
  failure.catch(() => undefined);
  if (child.pid === undefined) return failure;
  child.unref();
  const identity = identityOf(child.pid);
  if (!identity) throw new Error(`the lab's engine ended after its start. ${logTail(paths)}`);
  writeFileSync(`${paths.record}.new`, JSON.stringify(identity));
  renameSync(`${paths.record}.new`, paths.record);

  for (const until = Date.now() + START_TIMEOUT; !(await answers(paths.socket, 2_000)); await sleep(50)) {
    if (isAlive(identity) && Date.now() < until) continue;
    await stopDaemon(identity);
    throw new Error(`the lab's engine (dockerd) did not start. ${logTail(paths)}`);
  }
  return identity;
}

/** The recorded process of the engine, if it runs. */
export function recordedDaemon(paths: LabPaths): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(readFileSync(paths.record, "utf8")) as ProcessIdentity;
    return isAlive(identity) ? identity : undefined;
  } catch {
    return undefined; // no record, or one whose writer was killed
  }
}

/** Kills an engine with everything in it. No container of a lab needs a graceful stop. */
export async function stopDaemon(engine: ProcessIdentity): Promise<void> {
  // The child is the first process of the namespace. When it ends, every process of the namespace ends.
  await endProcesses([...childrenOf(engine), engine], 0);
}

function environment(): NodeJS.ProcessEnv {
  // Proxy settings and DOCKER_* variables of the user are not for this engine.
  const { PATH = "/usr/local/bin:/usr/bin:/bin", HOME = "/root" } = process.env;
  return { PATH: `${PATH}:/usr/sbin:/sbin`, HOME };
}

function logTail(paths: LabPaths): string {
  let lines: string[] = [];
  try {
    lines = readFileSync(paths.log, "utf8").trimEnd().split("\n").slice(-8);
  } catch {
    // It ended before it created a log.
  }
  return `Its log (${paths.log}) ends:\n  ${lines.join("\n  ") || "(empty)"}`;
}
