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
import type { Place } from "../place.ts";
import { answers } from "./dockerApi.ts";
import { childrenOf, end } from "./processes.ts";
import { containerdSettings, dockerdSettings, runtimeOf } from "./settings.ts";

const INIT = join(import.meta.dirname, "init.sh");

/** How long an engine may take until it answers, in milliseconds; one that finds many containers takes seconds. */
const START_PATIENCE = 60_000;

/**
 * Starts the engine of `place` and waits until it answers. Its processes live in a process and a mount namespace of
 * their own: whoever ends the first of them ends all, shims and containers too, and no mount is left on the machine.
 * The engine outlives this process.
 *
 * @param enter argv prefix that leads into the engine's network namespace
 * @param runtime the OCI runtime `bounded`
 * @throws when it ends or does not answer in time, with the end of its log
 */
export async function startDaemon(place: Place, enter: string[], runtime: string): Promise<ProcessIdentity> {
  // Nothing of an earlier engine lives: what it left under /run is as stale as after a reboot.
  rmSync(place.run, { recursive: true, force: true });
  mkdirSync(place.run, { recursive: true, mode: 0o700 });
  mkdirSync(place.engine, { recursive: true });
  writeFileSync(join(place.engine, "dockerd.json"), JSON.stringify(dockerdSettings(place), undefined, 2));
  writeFileSync(join(place.engine, "containerd.toml"), containerdSettings(place));
  rmSync(runtimeOf(place), { force: true }); // it may be a running program's file
  copyFileSync(runtime, runtimeOf(place));
  chmodSync(runtimeOf(place), 0o755);

  const isolated = [
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "bash",
    INIT,
    place.run,
    place.engine,
  ];
  const [command, ...args] = [...enter, ...isolated];
  const log = openSync(place.log, "w");
  const child = spawn(command!, args, { detached: true, stdio: ["ignore", log, log], cwd: "/", env: environment() });
  closeSync(log);
  const failure = new Promise<never>((_, reject) => child.once("error", reject));
  failure.catch(() => undefined);
  if (child.pid === undefined) return failure;
  child.unref();
  const identity = identityOf(child.pid);
  if (!identity) throw new Error(`the lab's engine ended at once. ${logEnd(place)}`);
  writeFileSync(`${place.record}.new`, JSON.stringify(identity));
  renameSync(`${place.record}.new`, place.record);

  for (const until = Date.now() + START_PATIENCE; !(await answers(place.socket, 2_000)); await sleep(50)) {
    if (isAlive(identity) && Date.now() < until) continue;
    await stopDaemon(identity);
    throw new Error(`the lab's engine (dockerd) did not start. ${logEnd(place)}`);
  }
  return identity;
}

/** The engine process of `place` as it was recorded; nothing when it ended or was never started. */
export function recordedDaemon(place: Place): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(readFileSync(place.record, "utf8")) as ProcessIdentity;
    return isAlive(identity) ? identity : undefined;
  } catch {
    return undefined; // no record, or one whose writer was killed
  }
}

/** Ends an engine with everything in it, at once: nothing in a lab's container needs to say goodbye. */
export async function stopDaemon(engine: ProcessIdentity): Promise<void> {
  // The child is the first process of the namespace. When it is gone, so is every other process in there.
  await end([...childrenOf(engine), engine], 0);
}

function environment(): NodeJS.ProcessEnv {
  // A proxy setting or a DOCKER_* variable of the user's is not meant for this engine.
  const { PATH = "/usr/local/bin:/usr/bin:/bin", HOME = "/root" } = process.env;
  return { PATH: `${PATH}:/usr/sbin:/sbin`, HOME };
}

function logEnd(place: Place): string {
  let lines: string[] = [];
  try {
    lines = readFileSync(place.log, "utf8").trimEnd().split("\n").slice(-8);
  } catch {
    // It ended before it had a log.
  }
  return `Its log (${place.log}) ends:\n  ${lines.join("\n  ") || "(empty)"}`;
}
